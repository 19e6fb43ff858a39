// SPDX-License-Identifier: Apache-2.0
// sluice-envoy: Envoy's rate limit service in front of a Sluice server.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <pthread.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "edge/envoy/rate_limits.hpp"

namespace {

using namespace sluice;

constexpr std::chrono::seconds drain{5};

struct Options {
  std::string listen = "127.0.0.1";
  int port = 7482;
  std::string mapping;
  client::ClientOptions server;
};

int fail(const Fault& fault) {
  fmt::print(stderr, "sluice-envoy: {}\n", fault.context);
  return 1;
}

Result<envoy::Mapping> read_mapping(const std::string& path) {
  std::ifstream file{path};
  if (!file) {
    return Fault{FaultCode::invalid_argument, "mapping: cannot read " + path};
  }
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  return envoy::Mapping::read(text);
}

/// What comes after is blocked in all threads, and taken by `wait_for_end`.
sigset_t block_ends() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  return ends;
}

int serve(const Options& options) {
  const sigset_t ends = block_ends();
  const auto mapping = read_mapping(options.mapping);
  if (!mapping.ok()) {
    return fail(mapping.fault());
  }
  const auto client = client::Client::open(options.server);
  if (!client.ok()) {
    return fail(client.fault());
  }
  const auto service = envoy::make_rate_limits(*client.value(), mapping.value());
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.listen + ":" + std::to_string(options.port),
                           grpc::InsecureServerCredentials(), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(service.get());
  const auto server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    return fail({FaultCode::unavailable,
                 "port: cannot listen on " + options.listen + ":" + std::to_string(options.port)});
  }
  fmt::print("sluice-envoy listens on {}:{}\n", options.listen, port);
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  server->Shutdown(std::chrono::system_clock::now() + drain);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Answers Envoy's rate limit filter from a Sluice server.", "sluice-envoy"};
  Options options;
  client::ClientOptions& server = options.server;
  server.name = "sluice-envoy";
  app.add_option("--mapping", options.mapping, "File that says what descriptors mean")->required();
  app.add_option("--listen", options.listen, "Where Envoy asks; without TLS, so on loopback only")
      ->check(CLI::IsMember({"127.0.0.1", "[::1]"}))
      ->capture_default_str();
  app.add_option("--port", options.port)->check(CLI::Range(0, 65'535))->capture_default_str();
  app.add_option("--server-host", server.host)->capture_default_str();
  app.add_option("--server-port", server.port)->capture_default_str();
  app.add_option("--credential-file", server.credential.file, "File with an API key or a token");
  app.add_option("--tls-ca", server.tls.files.ca, "Connect by TLS to a server that these vouch for")
      ->each([&server](const std::string&) { server.tls.on = true; });
  CLI11_PARSE(app, argc, argv);
  if (const char* const credential = std::getenv("SLUICE_CREDENTIAL");
      server.credential.file.empty() && credential != nullptr) {
    server.credential.text = credential;
  }
  return serve(options);
}
