// SPDX-License-Identifier: Apache-2.0
#include "protocol/client/client.hpp"
#include "actors/tenant/limit_rules.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "protocol/client/blocking_connection.hpp"
#include "protocol/client/client_impl.hpp"
#include "protocol/codec.hpp"
#include "protocol/mode_terms.hpp"

namespace sluice::client {

namespace {

std::string problem_of_charges(const Check& check) {
  const std::size_t count = check.charges.size();
  const Say charges = charges_of(check.mode, check.id != EntryId{});
  const bool may_have_none = charges != Say::something || check.shared != nullptr;
  if (count == 0) {
    return may_have_none ? "" : "charges: a check needs at least one";
  }
  if (count > charges_per_check_max) {
    return "charges: at most " + std::to_string(charges_per_check_max) + " in one check, not " +
           std::to_string(count);
  }
  if (charges == Say::nothing) {
    return "charges: a cancel has none";
  }
  if (may_have_none && check.charges.front().meter == MeterId{}) {
    // On the wire this would say that there are none.
    return "charges: the meter of the first is zero";
  }
  if (check.mode == Mode::best_effort && count != 1) {
    return "charges: best effort takes exactly one, not " + std::to_string(count);
  }
  return {};
}

std::string problem_of_labels(const Check& check) {
  if (check.labels.size() > labels_per_check_max) {
    return "labels: at most " + std::to_string(labels_per_check_max);
  }
  if (!check.labels.empty() && terms_of(check.mode).labels == Say::nothing) {
    return "labels: are those of the reservation already";
  }
  for (const Label& label : check.labels) {
    if (!is_label_name(label.name)) {
      return "labels: a name is not [a-z0-9][a-z0-9_-]{0,31}";
    }
    if (label.value.empty() || !is_label_value(label.value)) {
      return "labels: a value is not 1 to 64 bytes of UTF-8";
    }
    if (std::ranges::count(check.labels, label.name, &Label::name) > 1) {
      return "labels: a name is there twice";
    }
  }
  return {};
}

/// Of the id and of how long a reservation is open.
std::string problem_of_once(const Check& check) {
  const ModeTerms terms = terms_of(check.mode);
  const bool has_id = check.id != EntryId{};
  if (terms.id == Say::something && !has_id) {
    return "id: a reservation or lease needs one";
  }
  if (terms.id == Say::nothing && has_id) {
    return "id: a peek is not remembered, so it has none";
  }
  if (terms.ttl == Say::nothing && check.ttl != Duration{}) {
    return "ttl: is only for reserve, extend and lease";
  }
  const bool none = check.ttl == Duration{} && terms.ttl != Say::something;
  if (!none && (check.ttl < ttl_min || check.ttl > ttl_max)) {
    return std::string{"ttl: "} + ttl_out_of_range;
  }
  if (check.id.high == reserved_id_high) {
    return "id: is reserved";
  }
  if (check.want > Amount{} && check.mode != Mode::lease) {
    return "want: is only for lease";
  }
  if (check.explain && terms.explain == Say::nothing) {
    return std::string{"explain: "} + not_explained;
  }
  return {};
}

std::string problem_of_use(const Check& check) {
  if (check.shared == nullptr) {
    return {};
  }
  if (!may_name_resource(check.mode)) {
    return "resource: is named by a check, a peek, best effort, a record or a reserve only";
  }
  return check.shared->policy == PolicyId{} ? "resource: its policy is all zero" : "";
}

/// What is wrong with a check; empty if nothing is. It is found here, so that a bad check does not
/// travel with those of others.
std::string problem_of(const Check& check) {
  if (auto problem = problem_of_charges(check); !problem.empty()) {
    return problem;
  }
  if (check.tenant == TenantId{}) {
    return "tenant: the id is all zero";
  }
  if (check.mode > Mode::lease) {
    return "mode: is not known";
  }
  if (auto problem = problem_of_use(check); !problem.empty()) {
    return problem;
  }
  auto problem = problem_of_labels(check);
  return problem.empty() ? problem_of_once(check) : problem;
}

Answer invalid(std::string problem) {
  Answer answer;
  answer.decision.outcome = Outcome::invalid;
  answer.problem = std::move(problem);
  return answer;
}

/// Calls back on this thread. A callback that asks again and is answered at once again is called
/// after the first has returned, so that the stack does not grow.
void call_back_at_once(std::function<void()> call_back) {
  thread_local std::deque<std::function<void()>>* running = nullptr;
  if (running != nullptr) {
    return running->push_back(std::move(call_back));
  }
  std::deque<std::function<void()>> backlog;
  running = &backlog;
  backlog.push_back(std::move(call_back));
  while (!backlog.empty()) {
    const auto next = std::move(backlog.front());
    backlog.pop_front();
    next();
  }
  running = nullptr;
}

Result<Done> validate(const ClientOptions& options) {
  const auto wrong = [](const char* problem) {
    return Fault{FaultCode::invalid_argument, problem};
  };
  using std::chrono::milliseconds;
  if (options.check_timeout <= milliseconds::zero()) {
    return wrong("check_timeout must be positive");
  }
  if (options.connect_timeout <= milliseconds::zero()) {
    return wrong("connect_timeout must be positive");
  }
  if (options.backoff_min <= milliseconds::zero() || options.backoff_max < options.backoff_min) {
    return wrong("backoff_min must be positive, and backoff_max not below it");
  }
  if (options.pending_checks_max == 0) {
    return wrong("pending_checks_max must be positive");
  }
  if (options.checks_per_call_max == 0 || options.checks_per_call_max > wire::CHECKS_PER_CALL_MAX) {
    return wrong("checks_per_call_max must be 1 to 4096");
  }
  if (options.calls_in_flight_max == 0) {
    return wrong("calls_in_flight_max must be positive");
  }
  return Done{};
}

std::optional<MeterId> find(const MeterTable& meters, std::string_view name) {
  const auto at = std::find_if(meters.begin(), meters.end(),
                               [&](const Meter& meter) { return meter.name == name; });
  return at == meters.end() ? std::nullopt : std::optional(at->id);
}

thread_local Bell this_threads_bell;

}  // namespace

bool Client::Impl::admit(std::size_t count) {
  if (helm_.closing()) {
    return false;
  }
  if (driven_here() && delivery_.finished().places >= count) {
    delivery_.finished().places -= count;
    return true;
  }
  return helm_.admit(count, options_.pending_checks_max);
}

Steady::time_point Client::Impl::deadline() const {
  return (driven_here() ? now_ : Steady::now()) + options_.check_timeout;
}

Answer Client::Impl::ask(const Check& check) {
  auto answers = ask(std::span(&check, 1));
  return std::move(answers.front());
}

std::vector<Answer> Client::Impl::ask(std::span<const Check> checks) {
  SLUICE_INVARIANT(!driven_here());  // A callback that blocks would wait for itself.
  Group group;
  PendingQueue queue;
  fill(group, checks, queue);
  if (group.outstanding > 0) {
    wait_for(group, queue);
  }
  return std::move(group.answers);
}

void Client::Impl::fill(Group& group, std::span<const Check> checks, PendingQueue& queue) {
  group.answers.resize(checks.size());
  group.checks.resize(checks.size());
  group.outstanding = 0;
  const auto until = deadline();
  for (std::size_t i = 0; i < checks.size(); ++i) {
    if (auto problem = problem_of(checks[i]); !problem.empty()) {
      group.answers[i] = invalid(std::move(problem));
      continue;
    }
    Pending& pending = group.checks[i];
    pending.copy(checks[i]);
    pending.deadline = until;
    pending.group = &group;
    pending.place = static_cast<std::uint32_t>(i);
    queue.push_back(pending);
    ++group.outstanding;
  }
  if (group.outstanding > 0 && !admit(group.outstanding)) {
    group.outstanding = 0;
    for (const Pending& pending : queue) {
      group.answers[pending.place] = by_policy(options_.failure_policy, pending.check.mode);
    }
    queue.clear();
  }
}

void Client::Impl::wait_for(Group& group, PendingQueue& queue) {
  this_threads_bell.silence();
  group.bell = &this_threads_bell;
  bool leads = helm_.lead_or_follow(group, queue);
  if (leads) {
    router_->submit(queue);
  } else {
    leads = helm_.follow(group);
  }
  while (leads) {
    drive(&group);
    if (answered(group)) {
      return helm_.leave(nullptr);
    }
    helm_.leave(&group);
    leads = helm_.follow(group);
  }
}

void Client::Impl::ask_async(const Check& check, Callback done) {
  auto problem = problem_of(check);
  if (!problem.empty() || !admit(1)) {
    auto answer = problem.empty() ? by_policy(options_.failure_policy, check.mode)
                                  : invalid(std::move(problem));
    return call_back_at_once(
        [done = std::move(done), answer = std::move(answer)] { done(answer); });
  }
  const auto prepare = [&, until = deadline()](Pending& pending, bool shared) {
    pending.copy(check);
    pending.deadline = until;
    pending.shared = shared;
    pending.done = std::move(done);
  };
  if (driven_here()) {
    Pending& pending = delivery_.pools().checks.take();
    prepare(pending, false);
    return router_->submit(pending);
  }
  helm_.hand_over([&](Pools& pools, PendingQueue& inbox) {
    Pending& pending = pools.checks.take();
    prepare(pending, true);
    inbox.push_back(pending);
  });
}

void Client::Impl::ask_async(std::span<const Check> checks, ListCallback done) {
  const bool here = driven_here();
  Group& group = here ? delivery_.pools().groups.take() : helm_.take_group();
  group.shared = !here;
  PendingQueue queue;
  fill(group, checks, queue);
  if (group.outstanding == 0) {
    auto answers = std::exchange(group.answers, {});
    here ? delivery_.pools().groups.give_back(group) : helm_.give_back(group);
    return call_back_at_once(
        [done = std::move(done), answers = std::move(answers)] { done(answers); });
  }
  group.done = std::move(done);
  if (here) {
    return router_->submit(queue);
  }
  helm_.hand_over([&](Pools&, PendingQueue& inbox) { append(inbox, queue); });
}

MeterTable Client::Impl::meters() const {
  const std::lock_guard lock(meters_mutex_);
  return meters_;
}

Result<MeterId> Client::Impl::meter(std::string_view name) {
  if (const auto known = find(meters(), name)) {
    return *known;
  }
  // Rare enough for a connection of its own.
  BlockingConnection connection(OperatorOptions{options_.host, options_.port, options_.name,
                                                options_.connect_timeout, options_.connect_timeout,
                                                options_.credential, options_.tls});
  const auto opened = connection.open();
  if (!opened.ok()) {
    return opened.fault();
  }
  auto asked = connection.ask(
      Effect::question, [](Session& session) { return session.gateway.metersRequest(); },
      [](auto& response) { return decode_meters(response.getMeters()); });
  if (!asked.ok()) {
    return asked.fault();
  }
  const auto found = find(asked.value(), name);
  const std::lock_guard lock(meters_mutex_);
  meters_ = std::move(asked).value();
  if (!found) {
    return Fault{FaultCode::not_found, "meter: there is none named \"" + std::string(name) + "\""};
  }
  return *found;
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::open(ClientOptions options) {
  const auto valid = validate(options);
  if (!valid.ok()) {
    return valid.fault();
  }
  auto introduction = introduce(options.name, options.credential, options.tls, options.host);
  if (!introduction.ok()) {
    return introduction.fault();
  }
  auto impl = std::make_unique<Impl>(std::move(options), std::move(introduction).value());
  const auto opened = impl->open();
  if (!opened.ok()) {
    return opened.fault();
  }
  return std::unique_ptr<Client>(new Client(std::move(impl)));
}

Answer Client::check(const Check& check) {
  return impl_->ask(check);
}

std::vector<Answer> Client::check(std::span<const Check> checks) {
  return impl_->ask(checks);
}

void Client::check_async(const Check& check, Callback done) {
  impl_->ask_async(check, std::move(done));
}

void Client::check_async(std::span<const Check> checks, ListCallback done) {
  impl_->ask_async(checks, std::move(done));
}

MeterTable Client::meters() const {
  return impl_->meters();
}

Result<MeterId> Client::meter(std::string_view name) {
  return impl_->meter(name);
}

}  // namespace sluice::client
