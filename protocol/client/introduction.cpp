// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/introduction.hpp"

#include <fstream>
#include <utility>

namespace sluice::client {

namespace {

constexpr std::size_t credential_bytes_max = 64 << 10;

Fault wrong(std::string what) {
  return Fault{FaultCode::invalid_argument, std::move(what)};
}

}  // namespace

Result<std::string> current(const Credential& credential) {
  if (credential.file.empty()) {
    return credential.text;
  }
  std::ifstream in{credential.file, std::ios::binary};
  std::string text(credential_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (!in.is_open() || in.bad()) {
    return wrong("credential file " + credential.file + " cannot be read");
  }
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  if (text.empty() || text.size() > credential_bytes_max) {
    return wrong("credential file " + credential.file + " holds no credential");
  }
  return text;
}

Result<Introduction> introduce(std::string name, Credential credential, const Tls& tls,
                               const std::string& host) {
  Introduction introduction{std::move(name), std::move(credential), {}, {}};
  if (tls.on) {
    introduction.tls = make_tls_client(tls.files);
    introduction.server_name = tls.server_name.empty() ? host : tls.server_name;
    if (!introduction.tls.context) {
      return wrong(introduction.tls.problem);
    }
  }
  return introduction;
}

}  // namespace sluice::client
