// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "actors/tenant/fault.hpp"
#include "protocol/json_methods.hpp"
#include "server/rpc/access.hpp"
#include "server/rpc/service.hpp"

namespace sluice {

/// The methods of `TenantAdmin` and `Operator` for those who write JSON, as `JsonMethods` has them.
///
/// Role       Reads the parameters, makes the call by the capability that `access` has, and writes
///            what it answers. The rules of the native interface hold, as it is that interface.
/// Threading  Confined to its reactor.
/// Ownership  Shares the service; lives on while a call is under way.
/// Errors     `not_found`: there is no such method. `invalid_argument`: the parameters are not its.
///            `unavailable`: there are `calls_in_flight_max`. Otherwise what the call answers.
/// Cost       As `JsonMethods`.
class JsonCalls : public std::enable_shared_from_this<JsonCalls> {
public:
  static constexpr std::size_t calls_in_flight_max = 64;

  explicit JsonCalls(std::shared_ptr<Service> service);

  /// The value that the method answers, as JSON.
  using Answered = std::function<void(Result<std::string>)>;
  /// `params` is one JSON object, or empty. `answered` is called once, in a later turn or in this.
  void call(const Access& access, const std::string& peer, std::string_view method,
            std::string_view params, Answered answered);

private:
  std::shared_ptr<Service> service_;
  JsonMethods methods_;
  std::size_t calls_in_flight_ = 0;
};

}  // namespace sluice
