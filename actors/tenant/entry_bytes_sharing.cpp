// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/entry_bytes_sharing.hpp"

#include <cstdint>

namespace sluice {
namespace {

constexpr unsigned has_use = 1;
constexpr unsigned has_hold = 2;
constexpr unsigned has_verdict = 4;
constexpr unsigned all_of_sharing = 7;

unsigned sharing_parts_of(const Entry& entry) noexcept {
  return (entry.use ? has_use : 0U) | (entry.under ? has_hold : 0U) |
         (says_verdict(entry.first) ? has_verdict : 0U);
}

/// Of whatever is named by two words.
template <class Id>
EntryWriter put_id(EntryWriter to, const Id& id) {
  to.put(id.high);
  to.put(id.low);
  return to;
}
template <class Id>
Id take_id(EntryReader& from) {
  Id id;
  id.high = from.get<std::uint64_t>();
  id.low = from.get<std::uint64_t>();
  from.require(id != Id{});
  return id;
}

EntryWriter put_count(EntryWriter to, const SharedCount& count) {
  to = put_id(to, count.open.grant);
  to = put_id(to, count.open.policy);
  to.put(count.open.hour.raw());
  to.put(count.open.uses);
  to.put(count.open.units);
  to.put(count.open.denied);
  to = put_id(to, count.owner);
  to.put(static_cast<std::uint8_t>(count.period));
  to.put(count.period_ends);
  to.put(count.units);
  return to;
}

SharedCount take_count(EntryReader& from) {
  SharedCount count;
  count.open.grant = take_id<SharingId>(from);
  count.open.policy = take_id<PolicyId>(from);
  count.open.hour = Hour{from.get<std::uint32_t>()};
  count.open.uses = from.get<std::uint64_t>();
  count.open.units = from.amount();
  count.open.denied = from.get<std::uint64_t>();
  from.require(count.open.uses <= Amount::max_raw && count.open.denied <= Amount::max_raw);
  count.owner = take_id<TenantId>(from);
  count.period = from.at_most(BillingPeriod::month);
  count.period_ends = from.time();
  count.units = from.amount();
  return count;
}

EntryWriter put_hold(EntryWriter to, const SharedHold& hold) {
  to = put_id(to, hold.grant);
  to = put_id(to, hold.policy);
  to = put_id(to, hold.owner);
  to.put(static_cast<std::uint8_t>(hold.period));
  to.put(hold.meter.raw());
  return to;
}

SharedHold take_hold(EntryReader& from) {
  SharedHold hold;
  hold.grant = take_id<SharingId>(from);
  hold.policy = take_id<PolicyId>(from);
  hold.owner = take_id<TenantId>(from);
  hold.period = from.at_most(BillingPeriod::month);
  hold.meter = MeterId{from.get<std::uint16_t>()};
  return hold;
}

}  // namespace

bool says_verdict(const Decision& first) noexcept {
  return first.sharing != ShareVerdict::none || first.use_cost_micros != 0;
}

bool has_sharing(const Entry& entry) noexcept {
  return sharing_parts_of(entry) != 0;
}

std::size_t sharing_bytes_of(const Entry& entry) noexcept {
  const unsigned parts = sharing_parts_of(entry);
  return parts == 0 ? 0
                    : 1 + ((parts & has_use) != 0 ? shared_count_bytes : 0) +
                          ((parts & has_hold) != 0 ? shared_hold_bytes : 0) +
                          ((parts & has_verdict) != 0 ? share_verdict_bytes : 0);
}

EntryWriter put_sharing(EntryWriter to, const Entry& entry) {
  to.put(static_cast<std::uint8_t>(sharing_parts_of(entry)));
  if (entry.use) {
    to = put_count(to, *entry.use);
  }
  if (entry.under) {
    to = put_hold(to, *entry.under);
  }
  if (says_verdict(entry.first)) {
    to.put(static_cast<std::uint8_t>(entry.first.sharing));
    to.put(entry.first.use_cost_micros);
  }
  return to;
}

void take_sharing(EntryReader& from, Entry& entry) {
  const unsigned parts = from.get<std::uint8_t>();
  from.require(parts != 0 && parts <= all_of_sharing);
  if ((parts & has_use) != 0) {
    entry.use = take_count(from);
  }
  if ((parts & has_hold) != 0) {
    entry.under = take_hold(from);
  }
  if ((parts & has_verdict) != 0) {
    entry.first.sharing = from.at_most(share_verdict_last);
    entry.first.use_cost_micros = from.get<std::uint64_t>();
    from.require(says_verdict(entry.first));
  }
}

}  // namespace sluice
