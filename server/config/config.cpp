// SPDX-License-Identifier: Apache-2.0
#include "server/config/config.hpp"

#include <unistd.h>

#include <vector>

#include "protocol/text/build_text.hpp"
#include "server/config/command_line.hpp"
#include "server/config/config_file.hpp"
#include "server/config/describe.hpp"
#include "server/config/environment.hpp"
#include "server/config/field.hpp"
#include "server/config/options.hpp"

namespace sluice {

namespace {

Result<Done> apply(const std::vector<Setting>& settings, ServerConfig& config) {
  for (const Setting& setting : settings) {
    const Option* option = find_option(setting.name);
    if (option == nullptr) {
      return Fault{FaultCode::invalid_argument, "\"" + setting.name + "\" (from " + setting.origin +
                                                    ") is no option; see --help"};
    }
    if (const Problem problem = option->field.set(config, setting.value)) {
      return Fault{FaultCode::invalid_argument,
                   "option --" + setting.name + " (from " + setting.origin + "): \"" +
                       setting.value + "\" " + *problem + "; allowed " + option->field.allowed};
    }
  }
  return Done{};
}

Fault together(std::string what) {
  return Fault{FaultCode::invalid_argument, std::move(what)};
}

Result<Done> check_access(const ServerConfig& config) {
  const bool required = config.auth == AuthMode::required;
  if (!is_loopback(config.listen_host) && !required) {
    return together("option --listen: " + config.listen_host +
                    " is not a loopback address, so others can reach it; it needs --auth required");
  }
  if (!is_loopback(config.listen_host) && config.tls_certificate.empty() &&
      !config.insecure_listen_without_tls) {
    return together("option --listen: " + config.listen_host +
                    " is not a loopback address, so credentials would pass in the clear; it needs "
                    "--tls-certificate and --tls-key, or --insecure-listen-without-tls true");
  }
  const bool http_is_open = !config.http_host.empty() && !is_loopback(config.http_host);
  if (http_is_open && !required) {
    return together("option --http-listen: " + config.http_host +
                    " is not a loopback address, so others can reach it; it needs --auth required");
  }
  if (http_is_open && config.tls_certificate.empty() && !config.insecure_listen_without_tls) {
    return together("option --http-listen: " + config.http_host +
                    " is not a loopback address, so credentials would pass in the clear; it needs "
                    "--tls-certificate and --tls-key, or --insecure-listen-without-tls true");
  }
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    return together("option --tls-certificate: it needs --tls-key, and that needs it");
  }
  if (!config.tls_client_ca.empty() && config.tls_certificate.empty()) {
    return together("option --tls-client-ca: it needs --tls-certificate");
  }
  if (!config.token_keys.empty() &&
      (!required || config.token_issuer.empty() || config.token_audience.empty())) {
    return together(
        "option --token-keys: it needs --auth required, --token-issuer and --token-audience");
  }
  return Done{};
}

Result<Done> check_together(const ServerConfig& config) {
  if (auto access = check_access(config); !access.ok()) {
    return access;
  }
  if (config.alert_webhook.empty() != config.alert_webhook_secret.empty()) {
    return together("option --alert-webhook: it needs --alert-webhook-secret, and that needs it");
  }
  if (config.listen_port != 0 && config.listen_port + config.reactors > 65'536) {
    return Fault{FaultCode::invalid_argument,
                 "option --listen: no port is left for each of " + std::to_string(config.reactors) +
                     " reactors from port " + std::to_string(config.listen_port) +
                     " on; allowed up to " + std::to_string(65'536 - config.reactors)};
  }
  return Done{};
}

/// The settings in the order in which they override each other.
Result<std::vector<Setting>> gather(const CommandLine& line, const char* const* environment) {
  const Result<Environment> variables = read_environment(environment);
  if (!variables.ok()) {
    return variables.fault();
  }
  std::vector<Setting> settings;
  if (const auto& file = line.config ? line.config : variables.value().config) {
    Result<std::vector<Setting>> read = read_config_file(*file);
    if (!read.ok()) {
      return read;
    }
    settings = std::move(read).value();
  }
  const auto append = [&](const std::vector<Setting>& more) {
    settings.insert(settings.end(), more.begin(), more.end());
  };
  append(variables.value().settings);
  append(line.settings);
  return settings;
}

}  // namespace

Result<std::variant<ServerConfig, PrintAndExit>> read_config(int argc, const char* const* argv) {
  return read_config(argc, argv, ::environ);
}

Result<std::variant<ServerConfig, PrintAndExit>> read_config(int argc, const char* const* argv,
                                                             const char* const* environment) {
  using Answer = std::variant<ServerConfig, PrintAndExit>;
  const Result<CommandLine> line = read_command_line(argc, argv);
  if (!line.ok()) {
    return line.fault();
  }
  switch (line.value().wish) {
    case CommandLine::Wish::help:
      return Answer{PrintAndExit{describe_options_help()}};
    case CommandLine::Wish::help_markdown:
      return Answer{PrintAndExit{describe_options_markdown()}};
    case CommandLine::Wish::version:
      return Answer{PrintAndExit{"sluiced " + text::to_string(text::this_build()) + '\n'}};
    case CommandLine::Wish::serve:
      break;
  }
  const Result<std::vector<Setting>> settings = gather(line.value(), environment);
  if (!settings.ok()) {
    return settings.fault();
  }
  ServerConfig config;
  if (const Result<Done> applied = apply(settings.value(), config); !applied.ok()) {
    return applied.fault();
  }
  if (const Result<Done> checked = check_together(config); !checked.ok()) {
    return checked.fault();
  }
  return Answer{config};
}

}  // namespace sluice
