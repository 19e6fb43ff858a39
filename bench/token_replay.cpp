// SPDX-License-Identifier: Apache-2.0
#include "bench/token_replay.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <queue>
#include <tuple>
#include <vector>

#include "actors/tenant/invariant.hpp"
#include "bench/tenant_draw.hpp"

namespace sluice::bench {
namespace {

constexpr std::uint64_t draw_seed = 7;
constexpr ZipfExponent zipf{0.99};
constexpr std::uint64_t first_estimate = 256;  // Before any answer was finished.

/// One tenant's quota, and how far it went beyond.
struct Account {
  Amount quota;
  Amount passed{};
};

/// A request whose answer is being written.
struct Running {
  std::uint32_t tenant;
  Duration begun;
  Amount context;
  Amount generated;
  Amount estimate;
  Amount written{};              ///< So far.
  std::vector<EntryId> holds{};  ///< The first one holds the context, too.
};

struct Event {
  Duration at;
  std::size_t request;
  /// Sooner first; a queue has the greatest on top.
  friend bool operator<(const Event& a, const Event& b) {
    return std::tie(a.at, a.request) > std::tie(b.at, b.request);
  }
};

class TokenReplay {
public:
  TokenReplay(std::span<const TraceRequest> trace, Admission admission, Estimate estimate,
              const TokenReplayOptions& options, TokenQuotas& tenants)
      : trace_(trace), admission_(admission), options_(options), tenants_(tenants) {
    found_accounts();
    if (estimate == Estimate::most) {
      most_ = std::ranges::max_element(trace, {}, &TraceRequest::generated)->generated;
    }
  }

  TokenReplayResult run() {
    for (std::size_t i = 0; i < trace_.size(); ++i) {
      finish_until(trace_[i].at);
      arrive(i);
    }
    finish_until(Duration::max());
    for (const Account& account : accounts_) {
      result_.passed_most = std::max(result_.passed_most, account.passed);
      result_.tenants_passed += account.passed > Amount{} ? 1U : 0U;
    }
    return result_;
  }

private:
  void found_accounts() {
    const TenantDraw draw{options_.tenants, zipf, draw_seed};
    std::vector<Amount> asked(options_.tenants);
    for (std::size_t i = 0; i < trace_.size(); ++i) {
      tenant_of_.push_back(draw.of(RequestIndex{i}).raw());
      asked[tenant_of_.back()] = asked[tenant_of_.back()] + trace_[i].tokens;
    }
    std::vector<Amount> quotas;
    for (const Amount all : asked) {
      const Amount quota{all.raw() / 100 * options_.quota_percent};
      quotas.push_back(quota);
      accounts_.push_back({quota});
      result_.quotas = result_.quotas + quota;
    }
    tenants_.found(quotas);
    running_.resize(trace_.size());
  }

  /// Asks, and looks how much of the quota is used and held then.
  Outcome decide(const TokenWish& wish, Duration at) {
    const Decision decision = tenants_.decide(wish, at);
    Account& account = accounts_[wish.tenant];
    if (decision.has_reading) {
      const Amount taken = decision.reading.used + decision.reading.held;
      account.passed = std::max(account.passed, excess(taken, account.quota));
    }
    return decision.outcome;
  }

  Amount estimate() const {
    if (most_) {
      return *most_;
    }
    return Amount{finished_ == 0 ? first_estimate
                                 : std::max<std::uint64_t>(written_.raw() / finished_, 1)};
  }

  void arrive(std::size_t i) {
    const TraceRequest& request = trace_[i];
    Running running{tenant_of_[i], request.at, excess(request.tokens, request.generated),
                    request.generated, estimate()};
    const Amount wanted = running.context + running.estimate;
    const bool admitted =
        admission_ == Admission::check_then_record
            ? decide({running.tenant, Mode::peek, wanted}, request.at) == Outcome::allowed
            : hold(running, wanted, request.at);
    if (!admitted) {
      ++result_.refused;
      return;
    }
    ++result_.answered;
    running_[i] = std::move(running);
    write_on(i);
  }

  bool hold(Running& running, Amount amount, Duration now) {
    const EntryId id{1, ++last_id_};
    const bool held = decide({running.tenant, Mode::reserve, amount, id}, now) == Outcome::allowed;
    if (held) {
      running.holds.push_back(id);
    }
    return held;
  }

  /// Until the end of the answer, or of what is reserved.
  void write_on(std::size_t i) {
    Running& running = running_[i];
    const Amount more = excess(running.generated, running.written);
    const bool grows = admission_ == Admission::reserve_as_it_grows;
    running.written = running.written + (grows ? std::min(more, running.estimate) : more);
    const auto written = static_cast<std::int64_t>(running.written.raw());
    events_.push(Event{running.begun + written * options_.token_time, i});
  }

  void finish_until(Duration now) {
    while (!events_.empty() && events_.top().at <= now) {
      const Event event = events_.top();
      events_.pop();
      Running& running = running_[event.request];
      if (running.written == running.generated) {
        finish(running, event.at);
      } else if (hold(running, running.estimate, event.at)) {
        write_on(event.request);
      } else {
        ++result_.cut_short;
        finish(running, event.at);
      }
    }
  }

  void finish(Running& running, Duration now) {
    const Amount used = running.context + running.written;
    result_.used = result_.used + used;
    written_ = written_ + running.written;
    ++finished_;
    if (admission_ == Admission::check_then_record) {
      decide({running.tenant, Mode::record, used}, now);
      return;
    }
    // Every hold but the last one was used up.
    Amount left = used;
    for (std::size_t i = 0; i < running.holds.size(); ++i) {
      const Amount held = i == 0 ? running.context + running.estimate : running.estimate;
      const Amount part = i + 1 < running.holds.size() ? std::min(left, held) : left;
      const Outcome outcome = decide({running.tenant, Mode::commit, part, running.holds[i]}, now);
      SLUICE_INVARIANT(outcome == Outcome::allowed);
      left = excess(left, part);
    }
  }

  std::span<const TraceRequest> trace_;
  Admission admission_;
  TokenReplayOptions options_;
  TokenQuotas& tenants_;
  std::optional<Amount> most_;
  std::vector<std::uint32_t> tenant_of_;
  std::vector<Account> accounts_;
  std::vector<Running> running_;  ///< By request.
  std::priority_queue<Event> events_;
  std::uint64_t last_id_ = 0;
  std::uint64_t finished_ = 0;
  Amount written_;  ///< Of the answers that are finished.
  TokenReplayResult result_;
};

}  // namespace

TokenReplayResult replay_tokens(std::span<const TraceRequest> trace, Admission admission,
                                Estimate estimate, const TokenReplayOptions& options,
                                TokenQuotas& tenants) {
  SLUICE_INVARIANT(!trace.empty());
  return TokenReplay{trace, admission, estimate, options, tenants}.run();
}

}  // namespace sluice::bench
