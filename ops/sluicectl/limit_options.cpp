// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/limit_options.hpp"

namespace sluice::ctl {
namespace {

CLI::IsMember is_period() {
  return CLI::IsMember({"minute", "hour", "day", "week", "month", "year", "never"});
}

}  // namespace

void add_rule_options(CLI::App& command, LimitWish& limit) {
  command.add_option("--size", limit.size, "Of a window: an amount, or unlimited");
  command.add_option("--period", limit.period, "After which a window starts again")
      ->check(is_period());
  command.add_option("--rate", limit.rate, "Of a rate: this amount ...");
  command.add_option("--per", limit.per, "... for each such duration")->type_name("DURATION");
  command.add_option("--burst", limit.burst, "At most so much at once; by default --rate");
  command
      .add_option("--refill", limit.refill,
                  "How a rate comes back, by default greedy: evenly; interval: all of it at once, "
                  "whenever --per is over")
      ->check(CLI::IsMember({"greedy", "interval"}));
  command
      .add_option("--sliding", limit.sliding,
                  "Of a sliding window: so much within the last so long, such as 100/1m")
      ->type_name("AMOUNT/DURATION");
  command
      .add_option("--concurrency", limit.concurrency,
                  "Of what is in flight: so much at once, each let go if it is not extended for so "
                  "long, such as 10/30s")
      ->type_name("SIZE/TTL");
  command
      .add_option(
          "--credit", limit.credit,
          "Of what is paid in advance, see credit give: the period after which usage counts "
          "from zero and grants roll over")
      ->check(is_period());
}

void add_enforcement_options(CLI::App& command, LimitWish& limit) {
  auto* const enforcement =
      command
          .add_option("--enforcement", limit.enforcement,
                      "block: deny what is above; alert: admit and count it; throttle: spread what "
                      "is left from --soft on; overage: admit, count and price it")
          ->check(CLI::IsMember({"block", "alert", "throttle", "overage"}))
          ->default_val(limit.enforcement);
  auto* const alert = command.add_flag_callback(
      "--alert", [&limit] { limit.enforcement = "alert"; }, "The same as --enforcement alert");
  alert->excludes(enforcement);
  command.add_flag("--block")
      ->description("The same as --enforcement block")
      ->excludes(alert)
      ->excludes(enforcement);
  command
      .add_option("--overage-price", limit.overage_price,
                  "What is above costs so many millionths of the currency for so much, such as "
                  "150000/1GB")
      ->type_name("MICROS/AMOUNT");
  command.add_option("--overage-cap", limit.overage_cap, "Deny what is more than so much above");
  command.add_flag("--shadow", limit.shadow, "Evaluate and count, but never be in anybody's way");
}

}  // namespace sluice::ctl
