// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/endpoint.hpp"

#include <algorithm>
#include <utility>

#include "protocol/codec.hpp"

namespace sluice::client {

namespace {

/// A few times what an answer takes from a server that is well.
constexpr std::chrono::microseconds gather_max{200};

constexpr Steady::time_point never = Steady::time_point::max();
constexpr Steady::time_point at_once{};  // Not the minimum, which nothing can be subtracted from.

/// What a call may fill of a frame; the rest is for the call's envelope.
constexpr std::uint64_t call_words_max = wire::FRAME_BYTES_MAX / sizeof(capnp::word) - 256;

std::uint64_t words_of(const Check& check) {
  return capnp::sizeInWords<wire::Check>() + further_words_of(check);
}

Answer not_understood(const Fault& fault) {
  Answer answer;
  answer.problem = "the server's answer: " + fault.context;
  return answer;
}

Answer decode_answer(wire::Decision::Reader in) {
  Answer answer;
  auto decision = decode_decision(in);
  if (!decision.ok()) [[unlikely]] {
    return not_understood(decision.fault());
  }
  answer.decision = std::move(decision).value();
  if (answer.decision.outcome == Outcome::invalid) [[unlikely]] {
    auto problem = decode_problem(in);
    answer.problem = problem.ok() ? std::move(problem).value() : problem.fault().context;
  }
  if (in.hasNotes() && in.getNotes().hasExplanation()) [[unlikely]] {
    auto explanation = decode_explanation(in.getNotes().getExplanation(), "notes.explanation");
    if (!explanation.ok()) {
      return not_understood(explanation.fault());
    }
    answer.explanation = std::make_shared<const Explanation>(std::move(explanation).value());
  }
  return answer;
}

}  // namespace

struct Endpoint::Call {
  PendingQueue checks;     ///< Those that are not answered yet.
  std::uint32_t sent = 0;  ///< How many there were; those that expired are gone from the front.
  Steady::time_point give_up_at;
  kj::Maybe<Response> response;
  kj::Promise<void> arrival = nullptr;
};

Endpoint::Endpoint(Loop& loop, const ClientOptions& options, const Introduction& introduction,
                   Address address, Recipient& recipient, OnEntered on_entered)
    : loop_(loop),
      options_(options),
      introduction_(introduction),
      address_(std::move(address)),
      recipient_(recipient),
      on_entered_(std::move(on_entered)),
      random_(std::random_device{}()),
      backoff_(options.backoff_min) {}

Endpoint::~Endpoint() = default;

bool Endpoint::reaches(const Address& address) const {
  return address == address_ || address == peer_;
}

void Endpoint::call(PendingQueue& checks, Steady::time_point now) {
  ended_.clear();
  auto call = std::make_unique<Call>();
  std::uint64_t words = 0;
  while (!checks.empty() && call->checks.size() < options_.checks_per_call_max) {
    Pending& check = checks.front();
    words += words_of(check.check);
    if (words > call_words_max) {
      break;
    }
    checks.pop_front();
    call->checks.push_back(check);
  }
  call->sent = static_cast<std::uint32_t>(call->checks.size());
  call->give_up_at = now + options_.check_timeout + options_.connect_timeout;
  checks_in_flight_ += call->sent;
  gather_until_ = now + gather_max;

  auto request = session_->gateway.checkRequest(capnp::MessageSize{words + 8, 0});
  auto list = request.initChecks(call->sent);
  std::uint32_t index = 0;
  for (const Pending& check : call->checks) {
    encode_check(check.check, list[index++]);
  }
  call->arrival =
      request.send()
          .then([this, to = call.get()](Response&& response) { answered(*to, kj::mv(response)); })
          .eagerlyEvaluate([this, to = call.get()](kj::Exception&& exception) {
            // Known here a little earlier than to `watch_`.
            lost_ = lost_ || exception.getType() == kj::Exception::Type::DISCONNECTED;
            recipient_.refuse(to->checks);
            end(*to);
          });
  calls_.push_back(std::move(call));
}

void Endpoint::answered(Call& call, Response&& response) {
  call.response = kj::mv(response);
  const auto decisions = KJ_ASSERT_NONNULL(call.response).getDecisions();
  KJ_REQUIRE(decisions.size() == call.sent, "as many decisions as checks");
  auto index = call.sent - static_cast<std::uint32_t>(call.checks.size());
  while (!call.checks.empty()) {
    Pending& check = call.checks.front();
    Answer answer = decode_answer(decisions[index++]);
    call.checks.pop_front();
    recipient_.answer(check, std::move(answer));
  }
  end(call);
}

void Endpoint::end(Call& call) {
  checks_in_flight_ -= call.sent;
  const auto at = std::find_if(calls_.begin(), calls_.end(),
                               [&](const auto& other) { return other.get() == &call; });
  ended_.push_back(std::move(*at));
  calls_.erase(at);
}

void Endpoint::tick(Steady::time_point now) {
  if (dialled_) {
    take_dialled(now);
  } else if (is_dialling_ && now >= dial_until_) {
    fault_ = Fault{FaultCode::unavailable,
                   "cannot reach sluiced at " + to_string(address_) + ": no answer within " +
                       std::to_string(options_.connect_timeout.count()) + " ms"};
    retry_later(now);
  }
  if (lost_) {
    fault_ =
        Fault{FaultCode::unavailable, "the connection to " + to_string(address_) + " was lost"};
    if (now - up_since_ >= options_.backoff_max) {
      backoff_ = options_.backoff_min;
    }
    hang_up();
    retry_later(now);
  }
  if (!session_ && !is_dialling_ && now >= retry_at_) {
    dial(now);
  }
  expire(now);
}

Steady::time_point Endpoint::due() const {
  if (dialled_ || lost_) {
    return at_once;
  }
  Steady::time_point due = session_ ? never : is_dialling_ ? dial_until_ : retry_at_;
  if (!waiting_.empty()) {
    due = std::min(due, waiting_.front().deadline);
    if (session_ && calls_.size() < options_.calls_in_flight_max) {
      due = std::min(due, gather_until_);
    }
  }
  for (const auto& call : calls_) {
    due = std::min(due, call->checks.empty() ? call->give_up_at : call->checks.front().deadline);
  }
  return due;
}

void Endpoint::dial(Steady::time_point now) {
  is_dialling_ = true;
  dial_until_ = now + options_.connect_timeout;
  dialling_ = client::dial(loop_, address_, introduction_)
                  .then([this](auto&& dialled) { dialled_ = std::move(dialled); })
                  .eagerlyEvaluate(nullptr);
}

void Endpoint::take_dialled(Steady::time_point now) {
  auto dialled = std::move(*dialled_);
  dialled_.reset();
  if (!dialled.ok()) {
    fault_ = dialled.fault();
    return retry_later(now);
  }
  if (!dialled.value()->may_spend) {
    fault_ = Fault{FaultCode::permission_denied,
                   "sluiced at " + to_string(address_) + " refuses: the credential may not spend"};
    return retry_later(now);
  }
  is_dialling_ = false;
  dialling_ = nullptr;
  session_ = std::move(dialled).value();
  peer_ = session_->peer;
  up_since_ = now;
  watch_ = lost(*session_).then([this] { lost_ = true; }).eagerlyEvaluate([this](auto&&) {
    lost_ = true;
  });
  fault_.reset();
  on_entered_(*session_);
}

void Endpoint::retry_later(Steady::time_point now) {
  is_dialling_ = false;
  dialling_ = nullptr;
  // Between half of the back-off and all of it, so that many clients do not come back together.
  std::uniform_int_distribution<std::int64_t> half_to_all(backoff_.count() / 2, backoff_.count());
  retry_at_ = now + std::chrono::milliseconds(half_to_all(random_));
  backoff_ = std::min(2 * backoff_, options_.backoff_max);
}

void Endpoint::hang_up() {
  lost_ = false;
  is_dialling_ = false;
  dialling_ = nullptr;
  dialled_.reset();
  watch_ = nullptr;
  const auto calls = std::exchange(calls_, {});
  for (const auto& call : calls) {
    call->arrival = nullptr;
  }
  ended_.clear();
  checks_in_flight_ = 0;
  session_ = nullptr;
  for (const auto& call : calls) {
    recipient_.refuse(call->checks);
  }
}

void Endpoint::close() {
  hang_up();
  recipient_.refuse(waiting_);
}

void Endpoint::expire(Steady::time_point now) {
  refuse_expired(waiting_, now);
  for (const auto& call : calls_) {
    refuse_expired(call->checks, now);
    lost_ = lost_ || (call->checks.empty() && now >= call->give_up_at);
  }
}

void Endpoint::refuse_expired(PendingQueue& checks, Steady::time_point now) {
  PendingQueue expired;
  while (!checks.empty() && checks.front().deadline <= now) {
    Pending& check = checks.front();
    checks.pop_front();
    expired.push_back(check);
  }
  recipient_.refuse(expired);
}

}  // namespace sluice::client
