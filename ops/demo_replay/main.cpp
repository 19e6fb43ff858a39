// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "bench/request_trace.hpp"
#include "ops/demo_replay/counted.hpp"
#include "ops/demo_replay/customers.hpp"
#include "ops/demo_replay/demo.hpp"
#include "ops/demo_replay/sample.hpp"
#include "ops/demo_replay/screen.hpp"
#include "ops/sluicectl/server_address.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/operator_client.hpp"

namespace {

using namespace sluice;
using namespace sluice::demo;

constexpr std::size_t generated_requests = 20'000;

struct Options {
  std::string server;
  std::string trace;
  std::string remember;
};

Result<Connections> connect(const Options& options) {
  const auto address = ctl::parse_server_address(options.server);
  if (!address.ok()) {
    return address.fault();
  }
  client::OperatorOptions management;
  management.host = address.value().host;
  management.port = address.value().port;
  auto managed = client::OperatorClient::open(management);
  if (!managed.ok()) {
    return managed.fault();
  }
  client::ClientOptions gateway;
  gateway.host = address.value().host;
  gateway.port = address.value().port;
  auto asked = client::Client::open(gateway);
  if (!asked.ok()) {
    return asked.fault();
  }
  return Connections{std::move(managed).value(), std::move(asked).value()};
}

Result<std::vector<bench::TraceRequest>> read_sample(const Options& options) {
  if (options.trace.empty()) {
    return generated_sample(generated_requests);
  }
  auto sample = bench::read_trace_file(options.trace);
  if (sample.ok()) {
    std::erase_if(sample.value(), [](const auto& r) { return r.at >= sample_length_max; });
    if (sample.value().empty()) {
      return Fault{FaultCode::invalid_argument, options.trace + " has no requests"};
    }
  }
  return sample;
}

ctl::Style style_of_stdout() {
  return ctl::Style{isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr};
}

int failed(const Fault& fault) {
  std::cerr << "demo_replay: " << fault.context << '\n';
  return EXIT_FAILURE;
}

int replay(const Options& options, bool live) {
  auto sample = read_sample(options);
  if (!sample.ok()) {
    return failed(sample.fault());
  }
  auto connections = connect(options);
  if (!connections.ok()) {
    return failed(connections.fault());
  }
  Demo demo{std::move(connections).value(), std::move(sample).value(), style_of_stdout()};
  if (const auto ready = live ? demo.meet_customers() : demo.found_customers(); !ready.ok()) {
    return failed(ready.fault());
  }
  if (live) {
    return failed(demo.live());
  }
  const auto kept = demo.run(options.trace.empty() ? "generated" : options.trace, options.remember);
  return !kept.ok() ? failed(kept.fault()) : kept.value() ? EXIT_SUCCESS : EXIT_FAILURE;
}

int compare(const Options& options) {
  const auto before = read_counted(options.remember);
  if (!before.ok()) {
    return failed(before.fault());
  }
  auto connections = connect(options);
  if (!connections.ok()) {
    return failed(connections.fault());
  }
  const auto usage = read_usage(*connections.value().management, customer_slugs());
  if (!usage.ok()) {
    return failed(usage.fault());
  }
  const auto broken = differences(before.value(), counted_in(usage.value()));
  std::cout << show_promise(fmt::format("stopped and started again: all {} counters as they were",
                                        before.value().used.size()),
                            broken, style_of_stdout());
  return broken.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Shows what a Sluice server does with a sample of requests; see ops/demo.",
               "demo_replay"};
  Options options;
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--server", options.server, "HOST:PORT")->required();
  app.add_option("--trace", options.trace, "CSV: TIMESTAMP,ContextTokens,GeneratedTokens");
  app.add_option("--remember", options.remember, "Where the counters are noted");
  int code = EXIT_SUCCESS;
  app.add_subcommand("run", "Create tenants, replay, judge")->callback([&] {
    code = replay(options, false);
  });
  app.add_subcommand("compare", "Compare the counters with those that were noted")->callback([&] {
    code = compare(options);
  });
  app.add_subcommand("live", "Replay on and on, a minute in a second")->callback([&] {
    code = replay(options, true);
  });
  CLI11_PARSE(app, argc, argv);
  return code;
}
