// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/histogram.hpp"
#include "ops/demo_replay/books.hpp"
#include "ops/demo_replay/customers.hpp"
#include "ops/demo_replay/replay.hpp"
#include "ops/sluicectl/table.hpp"
#include "protocol/client/operator_client.hpp"

namespace sluice::demo {

/// The result of the demo, part by part, for a person who has a minute.
[[nodiscard]] std::string show_sample(const SampleSize& size, std::string_view origin,
                                      ctl::Style style);
[[nodiscard]] std::string show_replay(const PartResult& part,
                                      const std::vector<client::UsageReport>& usage,
                                      ctl::Style style);
[[nodiscard]] std::string show_speed(const PartResult& rush, std::size_t in_flight,
                                     const bench::Histogram& one_caller, ctl::Style style);

/// A tick and the promise, or a cross and up to five sentences about how it was broken.
[[nodiscard]] std::string show_promise(std::string_view promise,
                                       const std::vector<std::string>& broken, ctl::Style style);

}  // namespace sluice::demo
