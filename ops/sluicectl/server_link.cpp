// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/server_link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ops/sluicectl/report.hpp"

namespace sluice::ctl {
namespace {

constexpr const char* client_name = "sluicectl/0.1.0";

Failure away(const ServerAddress& address, const Fault& fault) {
  return Failure{
      ExitCode::no_answer,
      Fault{fault.code,
            fmt::format("cannot reach sluiced at {} ({}); is it running? start it with: sluiced "
                        "--data-directory DIRECTORY; another address: --server HOST:PORT",
                        to_string(address), fault.context)}};
}

template <class T>
T connected(Result<T> result, const ServerAddress& address) {
  if (!result.ok()) {
    throw away(address, result.fault());
  }
  return std::move(result).value();
}

std::string names_of(const MeterTable& meters) {
  std::string names;
  for (const Meter& meter : meters) {
    names += names.empty() ? "" : ", ";
    names += meter.name;
  }
  return names;
}

}  // namespace

client::TenantRef parse_tenant_ref(std::string_view text) {
  if (const auto id = parse_tenant_id(text)) {
    return *id;
  }
  return std::string{text};
}

ServerLink::ServerLink(ServerAddress address) : address_(std::move(address)) {}

client::OperatorClient& ServerLink::management() {
  if (!management_) {
    client::OperatorOptions options;
    options.host = address_.host;
    options.port = address_.port;
    options.name = client_name;
    management_ = connected(client::OperatorClient::open(options), address_);
  }
  return *management_;
}

client::Client& ServerLink::gateway() {
  if (!gateway_) {
    client::ClientOptions options;
    options.host = address_.host;
    options.port = address_.port;
    options.name = client_name;
    gateway_ = connected(client::Client::open(options), address_);
  }
  return *gateway_;
}

Meter ServerLink::meter(std::string_view name, std::string_view field) {
  const auto& all = meters();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [name](const Meter& meter) { return meter.name == name; });
  if (found == all.end()) {
    throw Failure{
        ExitCode::bad_usage,
        Fault{FaultCode::not_found,
              fmt::format("{}: there is no meter '{}'; there are {}; add one with: sluicectl meter "
                          "define",
                          field, name, names_of(all))}};
  }
  return *found;
}

Meter ServerLink::meter(MeterId id) {
  if (meters().size() < id.raw()) {
    meters_.reset();
  }
  const auto& all = meters();
  if (id.raw() == 0 || id.raw() > all.size()) {
    return Meter{id, fmt::format("meter {}", id.raw()), ""};
  }
  return all[id.raw() - 1U];
}

const MeterTable& ServerLink::meters() {
  if (!meters_) {
    meters_ = answered(management().meters());
  }
  return *meters_;
}

}  // namespace sluice::ctl
