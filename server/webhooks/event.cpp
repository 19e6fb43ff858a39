// SPDX-License-Identifier: Apache-2.0
#include "server/webhooks/event.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>

#include "actors/tenant/invariant.hpp"
#include "protocol/text/time_text.hpp"

namespace sluice::webhooks {

std::string body_of(const Alert& alert) {
  // Nothing here but `data`, which is JSON, has a character that would have to be escaped.
  std::string body = R"({"id":")";
  body.append(to_string(alert.id)).append(R"(","event":")").append(to_string(alert.kind));
  body.append(R"(","at":")").append(text::format_instant(alert.at)).append(R"(","tenant":)");
  if (alert.tenant == TenantId{}) {
    body.append("null");
  } else {
    body.append("\"").append(to_string(alert.tenant)).append("\"");
  }
  return body.append(R"(,"data":)").append(alert.data).append("}");
}

std::string signature_of(std::string_view secret, WallTime now, std::string_view body) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  const std::string time = std::to_string(seconds);
  const std::string signed_text = std::string{time}.append(".").append(body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  SLUICE_INVARIANT(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                        reinterpret_cast<const unsigned char*>(signed_text.data()),
                        signed_text.size(), mac.data(), &size) != nullptr);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = std::string{"t="}.append(time).append(",v1=");
  for (unsigned i = 0; i < size; ++i) {
    text += digits[mac[i] >> 4];
    text += digits[mac[i] & 15];
  }
  return text;
}

}  // namespace sluice::webhooks
