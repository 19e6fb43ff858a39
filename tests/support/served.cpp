// SPDX-License-Identifier: Apache-2.0
#include "tests/support/served.hpp"

namespace sluice::test {

Limit window_limit(const std::string& name, std::uint64_t size, Period period,
                   Enforcement enforcement) {
  Limit limit;
  limit.name = name;
  limit.meter = api_requests;
  limit.rule = WindowRule{Amount{size}, period};
  limit.enforcement = enforcement;
  return limit;
}

Limit rate_limit(const std::string& name, std::uint64_t amount, Duration per, std::uint64_t burst) {
  Limit limit;
  limit.name = name;
  limit.meter = api_requests;
  limit.rule = RateRule{Amount{amount}, per, Amount{burst}};
  limit.thresholds.clear();
  return limit;
}

TenantDefinition draft(const std::string& slug, std::vector<Limit> limits) {
  TenantDefinition definition;
  definition.slug = slug;
  definition.name = slug;
  definition.tier = "none";
  definition.limits = std::move(limits);
  return definition;
}

Served::Served(std::vector<std::string> flags) : flags_(std::move(flags)) {
  start();
}

void Served::start(std::vector<std::string> further_flags) {
  std::vector<std::string> flags = flags_;
  flags.insert(flags.end(), further_flags.begin(), further_flags.end());
  server_ = std::make_unique<ServerProcess>(data_directory(), flags);
  client::OperatorOptions options;
  options.port = server_->port();
  operator_ = must(client::OperatorClient::open(options));
  gateway_ = client();
}

int Served::stop() {
  gateway_.reset();
  operator_.reset();
  return server_->stop();
}

void Served::crash() {
  gateway_.reset();
  operator_.reset();
  server_->crash();
}

void Served::restart(std::vector<std::string> further_flags) {
  ASSERT_EQ(stop(), 0) << server_->process().output();
  start(std::move(further_flags));
}

std::unique_ptr<client::Client> Served::client(client::ClientOptions options) {
  options.port = server_->port();
  return must(client::Client::open(options));
}

TenantId Served::create(const std::string& slug, std::vector<Limit> limits) {
  return must(operator_->create(draft(slug, std::move(limits)))).id;
}

client::Answer Served::spend(TenantId tenant, std::uint64_t amount, Mode mode) {
  const Charge charge{api_requests, Amount{amount}};
  return gateway_->check(Check{tenant, {&charge, 1}, mode});
}

Amount Served::used(TenantId tenant, std::size_t limit) {
  return must(operator_->usage(tenant)).limits.at(limit).reading.used;
}

}  // namespace sluice::test
