// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/server_link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ops/sluicectl/report.hpp"
#include "protocol/text/build_text.hpp"

namespace sluice::ctl {
namespace {

std::string client_name() {
  return "sluicectl/" + text::to_string(text::this_build());
}

/// The value, or the end of the command with advice if there is no server.
template <class T>
T connected(Result<T> result) {
  if (!result.ok() && result.fault().code == FaultCode::unavailable) {
    throw Failure{
        ExitCode::no_answer,
        {FaultCode::unavailable,
         result.fault().context +
             "; is it running? start it with: sluiced --data-directory DIRECTORY; another "
             "address: --server HOST:PORT"}};
  }
  if (!result.ok() && result.fault().code == FaultCode::unauthenticated) {
    throw Failure{ExitCode::refused,
                  {FaultCode::unauthenticated,
                   result.fault().context +
                       "; give it with --credential-file FILE, or in SLUICE_CREDENTIAL"}};
  }
  return answered(std::move(result));
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

ServerLink::ServerLink(ServerAddress address, Login login)
    : address_(std::move(address)), login_(std::move(login)) {}

client::OperatorClient& ServerLink::management() {
  if (!management_) {
    client::OperatorOptions options;
    options.host = address_.host;
    options.port = address_.port;
    options.name = client_name();
    options.credential = login_.credential;
    options.tls = login_.tls;
    management_ = connected(client::OperatorClient::open(options));
  }
  return *management_;
}

client::Client& ServerLink::gateway() {
  if (!gateway_) {
    client::ClientOptions options;
    options.host = address_.host;
    options.port = address_.port;
    options.name = client_name();
    options.credential = login_.credential;
    options.tls = login_.tls;
    gateway_ = connected(client::Client::open(options));
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
