// SPDX-License-Identifier: Apache-2.0
#include "edge/envoy/rate_limits.hpp"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "edge/envoy/ratelimit.grpc.pb.h"

namespace sluice::envoy {

namespace {

namespace wire = ::envoy::service::ratelimit::v3;
using Status = wire::RateLimitResponse::DescriptorStatus;

std::uint32_t in_32_bits(Amount amount) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(amount.raw(), std::numeric_limits<std::uint32_t>::max()));
}

std::vector<Descriptor> descriptors_of(const wire::RateLimitRequest& request) {
  std::vector<Descriptor> descriptors;
  for (const wire::RateLimitDescriptor& said : request.descriptors()) {
    Descriptor& descriptor = descriptors.emplace_back();
    for (const auto& entry : said.entries()) {
      descriptor.push_back({entry.key(), entry.value()});
    }
  }
  return descriptors;
}

Status status_of(const Decision& decision) {
  Status status;
  status.set_code(decision.outcome == Outcome::allowed ? wire::RateLimitResponse::OK
                                                       : wire::RateLimitResponse::OVER_LIMIT);
  if (!decision.has_reading || !decision.reading.size) {
    return status;
  }
  const LimitReading& reading = decision.reading;
  status.mutable_current_limit()->set_requests_per_unit(in_32_bits(*reading.size));
  status.mutable_current_limit()->set_name(std::to_string(reading.limit.raw()));
  status.set_limit_remaining(in_32_bits(reading.remaining));
  if (reading.resets_at != wall_time_never) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto left = std::chrono::ceil<std::chrono::seconds>(
        std::max(Duration{},
                 reading.resets_at.time_since_epoch() - std::chrono::duration_cast<Duration>(now)));
    status.mutable_duration_until_reset()->set_seconds(left.count());
  }
  return status;
}

void add_header(wire::RateLimitResponse& response, const char* key, const std::string& value) {
  auto* const header = response.add_response_headers_to_add();
  header->set_key(key);
  header->set_value(value);
}

grpc::Status answer(const client::Answer& answered, int descriptors,
                    wire::RateLimitResponse& response) {
  const Decision& decision = answered.decision;
  if (decision.outcome == Outcome::invalid || decision.outcome == Outcome::no_such_meter) {
    return {grpc::StatusCode::INVALID_ARGUMENT,
            answered.problem.empty() ? to_string(decision.outcome) : answered.problem};
  }
  if (decision.outcome == Outcome::unavailable) {
    return {grpc::StatusCode::UNAVAILABLE, "the quota server cannot decide now"};
  }
  const Status status = status_of(decision);
  response.set_overall_code(status.code());
  for (int i = 0; i < descriptors; ++i) {
    *response.add_statuses() = status;
  }
  if (status.code() == wire::RateLimitResponse::OVER_LIMIT) {
    add_header(response, "x-sluice-outcome", to_string(decision.outcome));
    if (decision.retry_after) {
      const auto wait = std::chrono::ceil<std::chrono::seconds>(*decision.retry_after);
      add_header(response, "retry-after", std::to_string(wait.count()));
    }
  }
  return grpc::Status::OK;
}

class RateLimits final : public wire::RateLimitService::CallbackService {
public:
  RateLimits(client::Client& client, const Mapping& mapping) : client_(client), mapping_(mapping) {}

  grpc::ServerUnaryReactor* ShouldRateLimit(grpc::CallbackServerContext* context,
                                            const wire::RateLimitRequest* request,
                                            wire::RateLimitResponse* response) override {
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    const int descriptors = request->descriptors_size();
    const auto asked = mapping_.asked_by(request->domain(), descriptors_of(*request));
    if (!asked.ok()) {
      reactor->Finish({grpc::StatusCode::INVALID_ARGUMENT, asked.fault().context});
      return reactor;
    }
    if (!asked.value()) {
      Decision unlimited;
      unlimited.outcome = Outcome::allowed;
      reactor->Finish(answer({unlimited, false, false, {}, {}}, descriptors, *response));
      return reactor;
    }
    ask(*asked.value(), Amount{std::max<std::uint32_t>(1, request->hits_addend())},
        [reactor, response, descriptors](const client::Answer& answered) {
          reactor->Finish(answer(answered, descriptors, *response));
        });
    return reactor;
  }

private:
  void ask(const Asked& asked, Amount amount, client::Client::Callback done) {
    std::vector<Charge> charges;
    const MeterTable meters = client_.meters();
    for (const std::string& name : asked.meters) {
      const auto meter = std::find_if(meters.begin(), meters.end(),
                                      [&name](const Meter& one) { return one.name == name; });
      if (meter == meters.end()) {
        Decision unknown;
        unknown.outcome = Outcome::no_such_meter;
        return done({unknown, false, false, "meter: there is no " + name, {}});
      }
      charges.push_back({meter->id, amount});
    }
    std::vector<Label> labels;
    for (const OwnedLabel& label : asked.labels) {
      labels.push_back({label.name, label.value});
    }
    client_.check_async(Check{.tenant = asked.tenant, .charges = charges, .labels = labels},
                        std::move(done));
  }

  client::Client& client_;
  const Mapping& mapping_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_rate_limits(client::Client& client, const Mapping& mapping) {
  return std::make_unique<RateLimits>(client, mapping);
}

}  // namespace sluice::envoy
