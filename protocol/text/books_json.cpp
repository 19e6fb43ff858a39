// SPDX-License-Identifier: Apache-2.0
#include "protocol/text/books_json.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

#include "actors/tenant/sharing/price.hpp"
#include "actors/tenant/sharing/sharing_text.hpp"
#include "protocol/text/time_text.hpp"

namespace sluice::text {
namespace {

using BooksDocument = nlohmann::ordered_json;

std::string utc(WallTime instant) {
  return format_instant(instant);
}

BooksDocument utc_or_null(const std::optional<WallTime>& instant) {
  return instant ? BooksDocument(utc(*instant)) : BooksDocument(nullptr);
}

BooksDocument json_of_line(const StatementLine& line) {
  return {{"grant", sluice::to_string(line.grant)},
          {"policy", sluice::to_string(line.policy)},
          {"resource", sluice::to_string(line.resource)},
          {"owner", sluice::to_string(line.owner)},
          {"consumer", sluice::to_string(line.consumer)},
          {"periodStart", utc(line.period.start)},
          {"periodEnd", utc(line.period.end)},
          {"running", !line.closed_at},
          {"uses", line.uses},
          {"units", line.units.raw()},
          {"currency", line.currency},
          {"amountMicros", line.amount_micros},
          {"ownerMicros", line.owner_micros},
          {"platformMicros", line.platform_micros},
          {"payoutSchedule", sluice::to_string(line.schedule)},
          {"minimumPayoutMicros", line.minimum_payout_micros},
          {"closedAt", utc_or_null(line.closed_at)}};
}

BooksDocument json_of_sum(const CurrencySum& part) {
  return {{"currency", part.currency},
          {"lines", part.sum.lines},
          {"uses", part.sum.uses},
          {"amountMicros", part.sum.amount_micros},
          {"ownerMicros", part.sum.owner_micros},
          {"platformMicros", part.sum.platform_micros}};
}

void put_count(BooksDocument& out, const SharingCount& count) {
  out["uses"] = count.uses;
  out["units"] = count.units.raw();
  out["denied"] = count.denied;
  out["amountMicros"] = count.amount_micros;
  out["ownerMicros"] = count.owner_micros;
}

BooksDocument json_of_point(const SharingPoint& point) {
  BooksDocument out{{"start", utc(point.start)},
                    {"policy", sluice::to_string(point.policy)},
                    {"resource", sluice::to_string(point.resource)},
                    {"currency", point.currency}};
  put_count(out, point.count);
  return out;
}

BooksDocument json_of_top(const SharingTop& top) {
  BooksDocument out = BooksDocument::object();
  out["currency"] = top.currency;
  if (top.consumer != TenantId{}) {
    out["consumer"] = sluice::to_string(top.consumer);
  } else {
    out["policy"] = sluice::to_string(top.policy);
    out["resource"] = sluice::to_string(top.resource);
  }
  put_count(out, top.count);
  return out;
}

Fault unreadable(std::string_view what) {
  return {FaultCode::invalid_argument, std::string{what}};
}

}  // namespace

nlohmann::ordered_json json_of(const StatementPage& page) {
  BooksDocument lines = BooksDocument::array();
  for (const StatementLine& line : page.lines) {
    lines.push_back(json_of_line(line));
  }
  BooksDocument totals = BooksDocument::array();
  for (const CurrencySum& part : page.totals) {
    totals.push_back(json_of_sum(part));
  }
  BooksDocument out{
      {"statements", std::move(lines)}, {"totals", std::move(totals)}, {"more", page.more}};
  if (page.more && !page.lines.empty()) {
    out["next"] =
        to_string(StatementCursor{page.lines.back().period.start, page.lines.back().grant});
  }
  return out;
}

nlohmann::ordered_json json_of(const Payout& payout) {
  return {{"owner", sluice::to_string(payout.key.owner)},
          {"payout", to_string(payout.key)},
          {"currency", payout.key.currency},
          {"number", payout.key.number},
          {"schedule", sluice::to_string(payout.schedule)},
          {"through", utc(payout.through)},
          {"statements", payout.lines},
          {"amountMicros", payout.amount_micros},
          {"madeAt", utc(payout.made_at)},
          {"paidAt", utc_or_null(payout.paid_at)},
          {"reference", payout.reference}};
}

nlohmann::ordered_json json_of(const PayoutPage& page) {
  BooksDocument payouts = BooksDocument::array();
  for (const Payout& payout : page.payouts) {
    payouts.push_back(json_of(payout));
  }
  BooksDocument out{{"payouts", std::move(payouts)}, {"more", page.more}};
  if (page.more && !page.payouts.empty()) {
    out["next"] = to_string(page.payouts.back().key);
  }
  return out;
}

nlohmann::ordered_json json_of(const SharingStatistics& told) {
  BooksDocument points = BooksDocument::array();
  for (const SharingPoint& point : told.points) {
    points.push_back(json_of_point(point));
  }
  BooksDocument top = BooksDocument::array();
  for (const SharingTop& one : told.top) {
    top.push_back(json_of_top(one));
  }
  return {{"points", std::move(points)}, {"top", std::move(top)}, {"cut", told.cut}};
}

std::string csv_names() {
  return "period_start,period_end,running,owner,consumer,resource,policy,grant,uses,units,"
         "currency,amount_micros,owner_micros,platform_micros\r\n";
}

std::string csv_of(std::span<const StatementLine> lines) {
  std::string out;
  for (const StatementLine& line : lines) {
    const std::string fields[] = {utc(line.period.start),
                                  utc(line.period.end),
                                  line.closed_at ? "false" : "true",
                                  sluice::to_string(line.owner),
                                  sluice::to_string(line.consumer),
                                  sluice::to_string(line.resource),
                                  sluice::to_string(line.policy),
                                  sluice::to_string(line.grant),
                                  std::to_string(line.uses),
                                  std::to_string(line.units.raw()),
                                  line.currency,
                                  std::to_string(line.amount_micros),
                                  std::to_string(line.owner_micros),
                                  std::to_string(line.platform_micros)};
    std::string_view comma;
    for (const std::string& field : fields) {
      out.append(comma).append(field);
      comma = ",";
    }
    out.append("\r\n");
  }
  return out;
}

std::string to_string(const StatementCursor& cursor) {
  return utc(cursor.period_start).append("/").append(sluice::to_string(cursor.grant));
}

Result<StatementCursor> parse_statement_cursor(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto start = parse_instant(text.substr(0, slash));
  const auto grant =
      slash == std::string_view::npos ? std::nullopt : parse_sharing_id(text.substr(slash + 1));
  if (!start.ok() || !grant) {
    return unreadable("must be what a page had as `next`");
  }
  return StatementCursor{start.value(), *grant};
}

std::string to_string(const PayoutKey& key) {
  return std::string{key.currency}.append("/").append(std::to_string(key.number));
}

Result<PayoutKey> parse_payout_key(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view number = slash == std::string_view::npos ? "" : text.substr(slash + 1);
  PayoutKey key{{}, std::string{text.substr(0, slash)}, 0};
  const char* const end = number.data() + number.size();
  const auto [read_to, error] = std::from_chars(number.data(), end, key.number);
  if (!is_currency(key.currency) || error != std::errc{} || read_to != end || key.number == 0) {
    return unreadable("must be a currency and a number, as in USD/3");
  }
  return key;
}

std::string_view to_string(SharingSide side) {
  return side == SharingSide::owner ? "owner" : "consumer";
}

std::string_view to_string(SharingGranularity by) {
  switch (by) {
    case SharingGranularity::hour:
      return "hour";
    case SharingGranularity::day:
      return "day";
    case SharingGranularity::period:
      return "period";
  }
  return "";
}

Result<SharingSide> parse_sharing_side(std::string_view text) {
  for (const SharingSide side : {SharingSide::owner, SharingSide::consumer}) {
    if (to_string(side) == text) {
      return side;
    }
  }
  return unreadable("must be owner or consumer");
}

Result<SharingGranularity> parse_sharing_granularity(std::string_view text) {
  for (const SharingGranularity by :
       {SharingGranularity::hour, SharingGranularity::day, SharingGranularity::period}) {
    if (to_string(by) == text) {
      return by;
    }
  }
  return unreadable("must be hour, day or period");
}

}  // namespace sluice::text
