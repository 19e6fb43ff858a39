// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/tenant/sharing/use.hpp"
#include "protocol/client/client.hpp"
#include "protocol/client/leases.hpp"
#include "protocol/client/operator_client.hpp"

// How fast a server answers what is more than a plain check: leases, reservations, checks with
// labels, and uses of what another tenant shares, beside the same checks without. Makes tenants of
// its own, with limits that nobody reaches.

namespace sluice::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t tenant_count = 1'000;
constexpr std::size_t list_size = 64;
constexpr std::size_t lists_in_flight = 16;
constexpr std::uint64_t out_of_reach = std::uint64_t{1} << 60;
constexpr std::array meters{MeterId{1}, MeterId{2}, MeterId{3}};

struct KindsOptions {
  std::uint16_t port = 7411;
  double seconds = 3;
  std::string what = "lease";
};

template <class T>
T must(Result<T> result) {
  if (!result.ok()) {
    throw std::runtime_error(result.fault().context);
  }
  return std::move(result).value();
}

Limit window_on(MeterId meter, const std::string& name, std::vector<std::string> per) {
  Limit limit;
  limit.name = name;
  limit.meter = meter;
  limit.rule = WindowRule{Amount{out_of_reach}, Period::month};
  limit.per = std::move(per);
  return limit;
}

/// On each of three meters a limit for all, or one for each value of a label.
std::vector<TenantId> make_tenants(const KindsOptions& options, bool labelled) {
  const auto server =
      must(client::OperatorClient::open({.port = options.port, .name = "kinds-load"}));
  const std::array labels{"user", "team", "model"};
  std::vector<TenantId> tenants;
  for (std::size_t i = 0; i < tenant_count; ++i) {
    TenantDefinition draft;
    draft.slug = fmt::format("{}-{:x}-{}", options.what, std::random_device{}(), i);
    draft.name = draft.slug;
    draft.tier = "load";
    for (std::size_t meter = 0; meter < meters.size(); ++meter) {
      const auto per =
          labelled ? std::vector<std::string>{labels[meter]} : std::vector<std::string>{};
      draft.limits.push_back(window_on(meters[meter], fmt::format("limit-{}", meter), per));
    }
    tenants.push_back(must(server->create(draft)).id);
  }
  return tenants;
}

/// Keeps so many lists in flight until the time is over, and counts the checks that were allowed.
class Lists {
public:
  /// Fills in one list; what it refers to stays until the list is answered.
  struct List {
    std::vector<Check> checks;
    std::vector<Charge> charges;
    std::vector<std::string> texts;
    std::vector<Label> labels;
    std::uint64_t round = 0;
  };
  using Fill = std::function<void(List&)>;

  Lists(client::Client& client, double seconds, Fill fill)
      : client_(client),
        fill_(std::move(fill)),
        end_(Steady::now() +
             std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>{seconds})),
        lists_(lists_in_flight) {}

  /// Allowed checks.
  std::uint64_t run() {
    running_ = lists_.size();
    for (List& list : lists_) {
      ask(list);
    }
    std::unique_lock lock{mutex_};
    done_.wait(lock, [this] { return running_ == 0; });
    return allowed_;
  }

private:
  void ask(List& list) {
    if (Steady::now() >= end_) {
      const std::scoped_lock lock{mutex_};
      --running_;
      done_.notify_all();
      return;
    }
    list.checks.clear();
    list.charges.clear();
    list.texts.clear();
    list.labels.clear();
    fill_(list);
    ++list.round;
    client_.check_async(list.checks, [this, &list](std::span<const client::Answer> answers) {
      for (const client::Answer& answer : answers) {
        allowed_ += answer.decision.outcome == Outcome::allowed ? 1U : 0U;
      }
      ask(list);
    });
  }

  client::Client& client_;
  Fill fill_;
  Steady::time_point end_;
  std::vector<List> lists_;
  std::atomic<std::uint64_t> allowed_{0};
  std::mutex mutex_;
  std::condition_variable done_;
  std::size_t running_ = 0;
};

/// One thread that takes from slices: allowed per second.
double lease_rate(client::Client& client, const KindsOptions& options,
                  const std::vector<TenantId>& tenants) {
  client::Leases leases{client, {.slice_max = Amount{100'000'000}}};
  std::uint64_t allowed = 0;
  std::uint64_t asked = 0;
  const auto count = [&](double seconds) {
    allowed = 0;
    const auto start = Steady::now();
    const auto end = start + std::chrono::duration<double>{seconds};
    while (Steady::now() < end) {
      for (int i = 0; i < 1'000; ++i) {
        const TenantId tenant = tenants[asked++ % 100];
        allowed += leases.take(tenant, meters[0], Amount{1}) ? 1U : 0U;
      }
    }
    return static_cast<double>(allowed) /
           std::chrono::duration<double>{Steady::now() - start}.count();
  };
  count(2);  // Slices grow with demand.
  return count(options.seconds);
}

/// Lists of reservations, each settled by the next list: pairs per second.
double pair_rate(client::Client& client, const KindsOptions& options,
                 const std::vector<TenantId>& tenants) {
  std::atomic<std::uint64_t> next_id{std::uint64_t{std::random_device{}()} << 32U};
  std::map<const Lists::List*, std::uint64_t> first_ids;
  Lists lists{client, options.seconds, [&](Lists::List& list) {
                const bool settles = list.round % 2 == 1;
                std::uint64_t& first = first_ids[&list];
                first = settles ? first : next_id.fetch_add(list_size);
                list.charges.reserve(list_size);
                for (std::size_t i = 0; i < list_size; ++i) {
                  const std::uint64_t id = first + i;
                  list.charges.push_back({meters[0], Amount{settles ? 60U : 100U}});
                  list.checks.push_back({tenants[id % tenants.size()],
                                         {&list.charges.back(), 1},
                                         settles ? Mode::commit : Mode::reserve,
                                         EntryId{1, id + 1},
                                         settles ? Duration{} : std::chrono::seconds{60}});
                }
              }};
  return static_cast<double>(lists.run()) / 2 / options.seconds;
}

/// Checks over three charges, each with a counter for the value of its label.
double label_rate(client::Client& client, const KindsOptions& options,
                  const std::vector<TenantId>& tenants) {
  std::vector<std::string> values;
  for (int i = 0; i < 100; ++i) {
    values.push_back(fmt::format("value-{}", i));
  }
  std::uint64_t next = 0;
  Lists lists{client, options.seconds, [&](Lists::List& list) {
                list.charges.reserve(list_size * meters.size());
                list.labels.reserve(list_size * meters.size());
                for (std::size_t i = 0; i < list_size; ++i) {
                  const std::uint64_t at = next++;
                  const std::size_t from = list.charges.size();
                  for (const MeterId meter : meters) {
                    list.charges.push_back({meter, Amount{1}});
                  }
                  list.labels.push_back({"user", values[at % values.size()]});
                  list.labels.push_back({"team", values[at % 10]});
                  list.labels.push_back({"model", values[at % 3]});
                  Check check{tenants[at % tenants.size()], {&list.charges[from], meters.size()}};
                  check.labels = {&list.labels[from], meters.size()};
                  list.checks.push_back(check);
                }
              }};
  return static_cast<double>(lists.run()) / options.seconds;
}

constexpr std::size_t consumer_count = 200;

/// What the first tenant shares with everybody; each of those behind it has its grant by its first
/// use.
SharedUse share(client::Client& client, const KindsOptions& options,
                const std::vector<TenantId>& tenants) {
  const auto server =
      must(client::OperatorClient::open({.port = options.port, .name = "kinds-load"}));
  PolicyWish wish;
  wish.policy.resource = {ResourceType::model, to_string(tenants[0])};
  wish.policy.visibility = Visibility::everyone;
  wish.policy.permissions.add(SharePermission::execute);
  wish.policy.requires_approval = false;
  const SharedUse use{.policy = must(server->put_policy(tenants[0], wish)).id};
  const Charge one{meters[0], Amount{1}};
  for (std::size_t i = 1; i <= consumer_count; ++i) {
    Check first{tenants[i], {&one, 1}};
    first.shared = &use;
    if (client.check(first).decision.outcome != Outcome::allowed) {
      throw std::runtime_error("the first use of a resource is refused");
    }
  }
  return use;
}

/// Lists of plain checks, or of uses of one resource.
double use_rate(client::Client& client, const KindsOptions& options,
                const std::vector<TenantId>& tenants) {
  const SharedUse use = share(client, options, tenants);
  const SharedUse* const named = options.what == "uses" ? &use : nullptr;
  const Charge one{meters[0], Amount{1}};
  std::uint64_t next = 0;
  Lists lists{client, options.seconds, [&](Lists::List& list) {
                for (std::size_t i = 0; i < list_size; ++i) {
                  Check check{tenants[1 + next++ % consumer_count], {&one, 1}};
                  check.shared = named;
                  list.checks.push_back(check);
                }
              }};
  return static_cast<double>(lists.run()) / options.seconds;
}

double rate_of(client::Client& client, const KindsOptions& options,
               const std::vector<TenantId>& tenants) {
  if (options.what == "lease") {
    return lease_rate(client, options, tenants);
  }
  if (options.what == "reservations") {
    return pair_rate(client, options, tenants);
  }
  return options.what == "labels" ? label_rate(client, options, tenants)
                                  : use_rate(client, options, tenants);
}

int run(const KindsOptions& options) {
  const auto tenants = make_tenants(options, options.what == "labels");
  const auto client = must(client::Client::open({.port = options.port, .name = "kinds-load"}));
  fmt::print("{{\"per_second\":{:.0f}}}\n", rate_of(*client, options, tenants));
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  CLI::App app{"Measures what is more than a plain check against a server on this machine."};
  sluice::bench::KindsOptions options;
  app.add_option("WHAT", options.what,
                 "lease, reservations, labels, uses, or plain: as uses, without")
      ->required()
      ->check(CLI::IsMember({"lease", "reservations", "labels", "uses", "plain"}));
  app.add_option("--port", options.port, "Of the server")->required();
  app.add_option("--seconds", options.seconds, "How long")->check(CLI::Range(0.1, 600.0));
  CLI11_PARSE(app, argc, argv);
  try {
    return sluice::bench::run(options);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "kinds-load: {}\n", problem.what());
    return 1;
  }
}
