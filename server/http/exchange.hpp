// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/http/answers.hpp"
#include "server/http/authorize.hpp"
#include "server/http/http_message.hpp"
#include "server/http/http_service.hpp"

namespace sluice::http {

/// One request and the way back of its answer.
///
/// Role       What a route works with. Whoever holds it may answer, once.
/// Threading  Confined to its reactor.
/// Ownership  Owns the request; shares the service.
/// Errors     One that is let go unanswered is answered as unavailable: whoever should have
///            answered is gone.
class Exchange {
public:
  using Respond = std::function<void(Response)>;

  Exchange(std::shared_ptr<Service> shared, Request asked, Respond respond)
      : service(std::move(shared)), request(std::move(asked)), respond_(std::move(respond)) {
    ++service->requests_in_flight;
  }
  ~Exchange() {
    if (respond_ != nullptr) {
      answer(failure(503, "unavailable", "the server is stopping"));
    }
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void answer(Response response) {
    --service->requests_in_flight;
    std::exchange(respond_, nullptr)(std::move(response));
  }

  /// Whom the audit names for what this request changes.
  [[nodiscard]] Author author() const {
    return service->environment->on.authorize.author_of(request);
  }

  const std::shared_ptr<Service> service;
  const Request request;
  std::vector<std::string> parts{};  ///< What stands for the names in the route's path.
  Wanted wanted{};                   ///< By the route.
  PermissionSet permissions{};       ///< Of the caller in the tenant that was found.

private:
  Respond respond_;
};

using ExchangePtr = std::shared_ptr<Exchange>;

}  // namespace sluice::http
