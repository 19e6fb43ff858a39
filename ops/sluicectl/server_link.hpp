// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/ids.hpp"
#include "actors/tenant/meter.hpp"
#include "ops/sluicectl/server_address.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/operator_client.hpp"

namespace sluice::ctl {

/// A tenant as it is named on the command line: a UUID is its id, anything else its slug.
[[nodiscard]] client::TenantRef parse_tenant_ref(std::string_view text);

/// How a command gets in.
struct Login {
  client::Credential credential;
  client::Tls tls;
};

/// The server that a command talks to; connected on first use, so that a mistake on the command
/// line is told without one.
///
/// Threading  Confined.
/// Ownership  Owns the connections.
/// Errors     Throws `Failure`: the address and what to do about it if the server is away.
class ServerLink {
public:
  explicit ServerLink(ServerAddress address, Login login = {});

  [[nodiscard]] client::OperatorClient& management();
  [[nodiscard]] client::Client& gateway();

  /// The meter with this name; `field` is what the command line calls it.
  [[nodiscard]] Meter meter(std::string_view name, std::string_view field);
  /// Reads the meters again if this one is new.
  [[nodiscard]] Meter meter(MeterId id);
  [[nodiscard]] const MeterTable& meters();

private:
  ServerAddress address_;
  Login login_;
  std::unique_ptr<client::OperatorClient> management_;
  std::unique_ptr<client::Client> gateway_;
  std::optional<MeterTable> meters_;
};

}  // namespace sluice::ctl
