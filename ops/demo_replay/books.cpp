// SPDX-License-Identifier: Apache-2.0
#include "ops/demo_replay/books.hpp"

#include <fmt/format.h>

#include <variant>

#include "actors/tenant/invariant.hpp"

namespace sluice::demo {
namespace {

void merge_page(Books::Page& into, const Books::Page& from) {
  into.requests += from.requests;
  into.tokens = into.tokens + from.tokens;
  into.denied += from.denied;
  into.unanswered += from.unanswered;
  for (const auto& [limit, count] : from.denied_by) {
    into.denied_by[limit] += count;
  }
}

/// Holds one limit of one tenant to its promises.
void examine(const LimitUsage& entry, const std::string& slug, Amount admitted, Duration passed,
             std::vector<std::string>& broken) {
  const Limit& limit = entry.limit;
  if (const auto* const rate = std::get_if<RateRule>(&limit.rule)) {
    const auto refills = static_cast<std::uint64_t>(passed / rate->per);
    const Amount most = rate->burst + Amount{refills * rate->amount.raw()};
    if (admitted > most) {
      broken.push_back(fmt::format("{}: rate '{}' admitted {} where {} were possible", slug,
                                   limit.name, admitted.raw(), most.raw()));
    }
    return;
  }
  const auto& window = std::get<WindowRule>(limit.rule);
  if (window.size && limit.enforcement == Enforcement::block && admitted > *window.size) {
    broken.push_back(fmt::format("{}: '{}' admitted {} of {}", slug, limit.name, admitted.raw(),
                                 window.size->raw()));
  }
  if (entry.reading.used != admitted) {
    broken.push_back(fmt::format("{}: '{}' counted {} where {} were admitted", slug, limit.name,
                                 entry.reading.used.raw(), admitted.raw()));
  }
}

}  // namespace

void Books::enter(bench::TenantIndex tenant, Amount tokens, const client::Answer& answer) {
  Page& page = pages_[tenant.raw()];
  const Decision& decision = answer.decision;
  if (decision.outcome == Outcome::allowed && !answer.by_policy) {
    page.requests += 1;
    page.tokens = page.tokens + tokens;
  } else if (decision.outcome == Outcome::denied) {
    page.denied += 1;
    page.denied_by[decision.reading.limit] += 1;
  } else {
    page.unanswered += 1;
  }
}

void Books::merge(const Books& other) {
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    merge_page(pages_[i], other.pages_[i]);
  }
}

Books::Page Books::total() const {
  Page sum;
  for (const Page& page : pages_) {
    merge_page(sum, page);
  }
  return sum;
}

std::vector<std::string> broken_promises(const Books& books, const Meters& meters,
                                         const std::vector<client::UsageReport>& usage,
                                         Duration passed) {
  SLUICE_INVARIANT(usage.size() == books.pages().size());
  std::vector<std::string> broken;
  for (std::size_t rank = 0; rank < usage.size(); ++rank) {
    const Books::Page& page = books.pages()[rank];
    const std::string& slug = usage[rank].tenant.slug;
    for (const LimitUsage& entry : usage[rank].limits) {
      const Amount admitted =
          entry.limit.meter == meters.requests ? Amount{page.requests} : page.tokens;
      examine(entry, slug, admitted, passed, broken);
    }
    if (page.unanswered > 0) {
      broken.push_back(fmt::format("{}: {} checks got no decision", slug, page.unanswered));
    }
  }
  return broken;
}

}  // namespace sluice::demo
