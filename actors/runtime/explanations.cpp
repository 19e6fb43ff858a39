// SPDX-License-Identifier: Apache-2.0
#include "actors/runtime/explanations.hpp"

#include "actors/tenant/invariant.hpp"

namespace sluice {

namespace {

/// An id is the epoch, and in its low bits the number of the decision in its share, from 1.
constexpr unsigned number_bits = 40;
constexpr std::uint64_t number_mask = (std::uint64_t{1} << number_bits) - 1;

}  // namespace

Explanations::Explanations(Epoch epoch, HashSeed seed) : epoch_(epoch), hash_(seed) {}

DecisionId Explanations::id_of(std::uint64_t number) const {
  return DecisionId{epoch_.raw() << number_bits | (number & number_mask)};
}

DecisionId Explanations::keep(TenantId tenant, Mode mode, Outcome outcome, WallTime at,
                              std::span<const ConsideredLimit> limits, ShareVerdict sharing) {
  SLUICE_INVARIANT(limits.size() <= limits_per_tenant_max);
  Share& share = shares_[share_of(tenant)];
  if (share.decisions.empty()) [[unlikely]] {
    share.decisions.resize(decisions_per_share_max);
    share.limits.resize(limits_per_share_max);
  }
  const std::uint64_t number = ++share.decisions_told;
  Kept& kept = share.decisions[number % decisions_per_share_max];
  kept = Kept{.tenant = tenant,
              .decision = id_of(number),
              .at = at,
              .limits_begin = share.limits_told,
              .limits_count = static_cast<std::uint32_t>(limits.size()),
              .mode = mode,
              .outcome = outcome,
              .sharing = sharing};
  for (const ConsideredLimit& limit : limits) {
    share.limits[share.limits_told++ % limits_per_share_max] = limit;
  }
  return kept.decision;
}

bool Explanations::Share::has(const Kept& kept, TenantId tenant) const {
  return kept.decision != DecisionId{} && kept.tenant == tenant &&
         limits_told - kept.limits_begin <= limits_per_share_max;
}

Explanation Explanations::Share::explanation(const Kept& kept) const {
  Explanation told{kept.decision, kept.at, kept.mode, kept.outcome, {}, kept.sharing};
  told.limits.reserve(kept.limits_count);
  for (std::uint64_t i = 0; i < kept.limits_count; ++i) {
    told.limits.push_back(limits[(kept.limits_begin + i) % limits_per_share_max]);
  }
  return told;
}

std::optional<Explanation> Explanations::find(TenantId tenant, DecisionId decision) const {
  const Share& share = shares_[share_of(tenant)];
  if (share.decisions.empty()) {
    return std::nullopt;
  }
  const std::uint64_t number = decision.raw() & number_mask;
  const Kept& kept = share.decisions[number % decisions_per_share_max];
  if (kept.decision != decision || !share.has(kept, tenant)) {
    return std::nullopt;
  }
  return share.explanation(kept);
}

std::vector<Explanation> Explanations::latest(TenantId tenant, std::size_t count_max) const {
  const Share& share = shares_[share_of(tenant)];
  std::vector<Explanation> told;
  for (std::size_t age = 0; age < share.decisions.size() && told.size() < count_max; ++age) {
    const Kept& kept = share.decisions[(share.decisions_told - age) % decisions_per_share_max];
    if (share.has(kept, tenant)) {
      told.push_back(share.explanation(kept));
    }
  }
  return told;
}

void Explanations::forget(TenantId tenant) {
  for (Kept& kept : shares_[share_of(tenant)].decisions) {
    if (kept.tenant == tenant) {
      kept.decision = DecisionId{};
    }
  }
}

}  // namespace sluice
