// SPDX-License-Identifier: Apache-2.0
// The part of the operator's client that is about API keys.
#include <iterator>
#include <utility>

#include "protocol/client/operator_client_impl.hpp"

namespace sluice::client {

Result<NewApiKey> OperatorClient::create_key(const ApiKey& draft) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.createKeyRequest();
        encode_key(draft, request.initDraft());
        return request;
      },
      [](auto& response) {
        return take<NewApiKey>(response.getAnswer(), [](auto made) -> Result<NewApiKey> {
          auto key = decode_key(made.getKey());
          auto text = decode_text(made.getText(), "text");
          if (!key.ok() || !text.ok()) {
            return key.ok() ? text.fault() : key.fault();
          }
          return NewApiKey{std::move(key).value(), std::move(text).value()};
        });
      });
}

Result<ApiKey> OperatorClient::revoke_key(KeyId id) {
  return impl_->ask(
      Effect::change,
      [&](Session& session) {
        auto request = session.platform.revokeKeyRequest();
        request.setId(to_string(id));
        return request;
      },
      [](auto& response) {
        return take<ApiKey>(response.getAnswer(), [](auto key) { return decode_key(key); });
      });
}

Result<std::vector<ApiKey>> OperatorClient::keys() {
  std::vector<ApiKey> all;
  for (bool more = true; more;) {
    auto page = impl_->ask(
        Effect::question,
        [&](Session& session) {
          auto request = session.platform.listKeysRequest();
          request.setAfter(all.empty() ? "" : to_string(all.back().id));
          request.setPageSize(page_size_max);
          return request;
        },
        [](auto& response) {
          return take<ApiKeyPage>(response.getAnswer(),
                                  [](auto found) { return decode_key_page(found); });
        });
    if (!page.ok()) {
      return page.fault();
    }
    auto& keys = page.value().keys;
    more = page.value().more && !keys.empty() && all.size() < api_keys_max;
    all.insert(all.end(), std::make_move_iterator(keys.begin()),
               std::make_move_iterator(keys.end()));
  }
  return all;
}

}  // namespace sluice::client
