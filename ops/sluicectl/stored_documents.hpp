// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "actors/tenant/counter.hpp"
#include "actors/tenant/crossing.hpp"
#include "actors/tenant/entry.hpp"
#include "actors/tenant/sharing/use.hpp"
#include "actors/tenant/usage.hpp"
#include "ops/sluicectl/documents.hpp"

namespace sluice::ctl {

/// What --json prints of what is stored or journalled of a tenant, as in documents.hpp. Limits and
/// meters are told by their numbers, because they may be gone.

[[nodiscard]] Json document_of(const UsageBucket& bucket);
[[nodiscard]] Json document_of(const Counter& counter);
[[nodiscard]] Json document_of(const ClosedWindow& window);
[[nodiscard]] Json document_of(const Entry& entry);
/// Without the tenant, whose it is.
[[nodiscard]] Json document_of(const ThresholdCrossed& crossed);
/// Without the consumer, whose it is.
[[nodiscard]] Json document_of(const SharedHourRow& row);
[[nodiscard]] Json document_of(const SharedCount& count);

template <class T>
[[nodiscard]] Json list_of(std::span<const T> parts) {
  Json list = Json::array();
  for (const T& part : parts) {
    list.push_back(document_of(part));
  }
  return list;
}

[[nodiscard]] std::string_view name_of(EntryState state);
/// As 32 hexadecimal digits: what a caller chose need not be a UUID.
[[nodiscard]] std::string text_of(EntryId id);

}  // namespace sluice::ctl
