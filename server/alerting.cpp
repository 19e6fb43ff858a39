// SPDX-License-Identifier: Apache-2.0
#include "server/alerting.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "server/webhooks/target.hpp"

namespace sluice {

namespace {

constexpr std::size_t secret_bytes_min = 16;
constexpr std::size_t secret_bytes_max = 255;

std::vector<std::string> parts_of(const std::string& list) {
  std::vector<std::string> parts;
  std::istringstream in{list};
  for (std::string part; std::getline(in, part, ',');) {
    parts.push_back(std::move(part));
  }
  return parts;
}

Result<std::string> read_secret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string secret{std::istreambuf_iterator<char>{file}, {}};
  if (file.bad() || !file.is_open()) {
    return Fault{FaultCode::invalid_argument, "alert-webhook-secret: " + path + " cannot be read"};
  }
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) {
    secret.pop_back();
  }
  if (secret.size() < secret_bytes_min || secret.size() > secret_bytes_max) {
    return Fault{FaultCode::invalid_argument,
                 "alert-webhook-secret: " + path + " holds no 16 to 255 bytes"};
  }
  return secret;
}

Result<std::vector<std::string>> read_events(const std::string& list) {
  std::vector<std::string> events = parts_of(list);
  for (const std::string& event : events) {
    if (event != "*" && !parse_alert_kind(event)) {
      return Fault{FaultCode::invalid_argument,
                   "alert-webhook-events: \"" + event + "\" is no event"};
    }
  }
  return events;
}

Result<std::vector<Webhook>> platform_webhooks(const ServerConfig& config) {
  std::vector<Webhook> hooks;
  if (config.alert_webhook.empty()) {
    return hooks;
  }
  auto secret = read_secret(config.alert_webhook_secret);
  auto events = read_events(config.alert_webhook_events);
  if (!secret.ok() || !events.ok()) {
    return secret.ok() ? events.fault() : secret.fault();
  }
  for (const std::string& url : parts_of(config.alert_webhook)) {
    const auto target = webhooks::parse_target(url);
    const bool is_wanted = target.ok() && (target.value().tls || config.insecure_webhooks_plain);
    if (!is_wanted || hooks.size() >= webhooks_max ||
        std::ranges::find(hooks, url, &Webhook::url) != hooks.end()) {
      return Fault{FaultCode::invalid_argument,
                   "alert-webhook: \"" + url +
                       "\" is not an https URL, there twice, or one of more "
                       "than 10"};
    }
    hooks.push_back({url, events.value(), secret.value(), true});
  }
  return hooks;
}

}  // namespace

Result<webhooks::CourierOptions> open_webhooks(const ServerConfig& config) {
  auto hooks = platform_webhooks(config);
  if (!hooks.ok()) {
    return hooks.fault();
  }
  webhooks::CourierOptions options;
  options.platform = std::move(hooks).value();
  options.rules = {.allow_private = config.insecure_webhooks_private,
                   .allow_plain = config.insecure_webhooks_plain,
                   .timeout = config.webhook_timeout};
  options.ca_file = config.webhook_ca;
  return options;
}

Result<std::unique_ptr<webhooks::Courier>> start_courier(webhooks::CourierOptions options,
                                                         const StoreFactory& stores,
                                                         const Engine& engine, const Clock& clock,
                                                         Observer& observer) {
  auto store = stores();
  if (!store.ok()) {
    return store.fault();
  }
  auto courier = std::make_unique<webhooks::Courier>(std::move(options), std::move(store).value(),
                                                     engine.ownership().epoch, clock, observer);
  if (const auto started = courier->start(); !started.ok()) {
    return started.fault();
  }
  return courier;
}

}  // namespace sluice
