// SPDX-License-Identifier: Apache-2.0
// Statements, payouts and statistics of what is shared.
#include "protocol/codec_books.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "actors/tenant/store.hpp"
#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"
#include "protocol/codec_sharing.hpp"

namespace sluice {

static_assert(encode_enum<wire::SharingGranularity>(SharingGranularity::period) ==
              wire::SharingGranularity::PERIOD);
static_assert(encode_enum<wire::PayoutSchedule>(PayoutSchedule::monthly) ==
              wire::PayoutSchedule::MONTHLY);

namespace {

constexpr std::size_t currency_bytes = 3;
constexpr std::string_view more_than_a_page = "are more than 1000";
/// Of what is fixed in a row; its texts come on top.
constexpr std::uint64_t row_words = 32;

std::uint64_t row_text_words(const std::string& text) {
  return text.size() / sizeof(capnp::word) + 1;
}

std::string read_currency(FieldReader& fields, capnp::Text::Reader in) {
  return fields.part(decode_text(in, "currency", currency_bytes));
}

Resource read_resource(FieldReader& fields, wire::ResourceType type, capnp::Text::Reader id) {
  return {fields.enumerant(type, ResourceType::custom, "resource_type"),
          fields.text(id, "resource_id")};
}

std::optional<PolicyId> policy_or_none(wire::SharingUuid::Reader in) {
  const PolicyId policy = decode_policy_id(in);
  return policy == PolicyId{} ? std::nullopt : std::optional{policy};
}

std::uint32_t page_size_on_wire(std::size_t size) {
  return static_cast<std::uint32_t>(std::min<std::size_t>(size, statement_page_size_max + 1));
}

Result<StatementLine> decode_line(wire::SharingStatement::Reader in) {
  FieldReader fields("statement");
  StatementLine line;
  line.grant = decode_sharing_id(in.getGrant());
  line.policy = decode_policy_id(in.getPolicy());
  line.owner = decode_id(in.getOwner());
  line.consumer = decode_id(in.getConsumer());
  line.resource = read_resource(fields, in.getResourceType(), in.getResourceId());
  line.period = {decode_time(in.getPeriodStartNs()), decode_time(in.getPeriodEndNs())};
  line.uses = in.getUses();
  line.units = fields.amount(in.getUnits(), "units");
  line.currency = read_currency(fields, in.getCurrency());
  line.amount_micros = in.getAmountMicros();
  line.owner_micros = in.getOwnerMicros();
  line.platform_micros = in.getPlatformMicros();
  line.schedule = fields.enumerant(in.getSchedule(), PayoutSchedule::monthly, "schedule");
  line.minimum_payout_micros = in.getMinimumPayoutMicros();
  if (!in.getRunning()) {
    line.closed_at = decode_time(in.getClosedAtNs());
  }
  return fields.finish(std::move(line));
}

void encode_line(const StatementLine& line, wire::SharingStatement::Builder out) {
  encode_uuid(line.grant, out.initGrant());
  encode_uuid(line.policy, out.initPolicy());
  encode_id(line.owner, out.initOwner());
  encode_id(line.consumer, out.initConsumer());
  out.setResourceType(encode_enum<wire::ResourceType>(line.resource.type));
  out.setResourceId(line.resource.id);
  out.setPeriodStartNs(encode_time(line.period.start));
  out.setPeriodEndNs(encode_time(line.period.end));
  out.setUses(line.uses);
  out.setUnits(line.units.raw());
  out.setCurrency(line.currency);
  out.setAmountMicros(line.amount_micros);
  out.setOwnerMicros(line.owner_micros);
  out.setPlatformMicros(line.platform_micros);
  out.setSchedule(encode_enum<wire::PayoutSchedule>(line.schedule));
  out.setMinimumPayoutMicros(line.minimum_payout_micros);
  out.setRunning(!line.closed_at);
  out.setClosedAtNs(encode_time(line.closed_at.value_or(WallTime{})));
}

SharingCount read_count(FieldReader& fields, wire::SharingCount::Reader in) {
  return {in.getUses(), fields.amount(in.getUnits(), "units"), in.getDenied(), in.getAmountMicros(),
          in.getOwnerMicros()};
}

void encode_count(const SharingCount& count, wire::SharingCount::Builder out) {
  out.setUses(count.uses);
  out.setUnits(count.units.raw());
  out.setDenied(count.denied);
  out.setAmountMicros(count.amount_micros);
  out.setOwnerMicros(count.owner_micros);
}

}  // namespace

// -------------------------------------------------------------------------------------- statements

Result<StatementsAsked> decode_statements_asked(
    wire::TenantAdmin::SharingStatementsParams::Reader in) {
  FieldReader fields("");
  StatementsAsked asked;
  StatementQuery& query = asked.query;
  query.side = fields.enumerant(in.getSide(), SharingSide::consumer, "side");
  query.from = decode_time(in.getFromNs());
  query.to = decode_time(in.getToNs());
  query.policy = policy_or_none(in.getPolicy());
  if (const SharingId grant = decode_sharing_id(in.getAfterGrant()); grant != SharingId{}) {
    query.after = StatementCursor{decode_time(in.getAfterStartNs()), grant};
  }
  query.page_size = in.getPageSize();
  if (const TenantId with = decode_id(in.getCounterparty()); with != TenantId{}) {
    query.counterparty = with;
  }
  asked.running = in.getRunning();
  return fields.finish(std::move(asked));
}

void encode_statements_asked(const StatementsAsked& asked,
                             wire::TenantAdmin::SharingStatementsParams::Builder out) {
  const StatementQuery& query = asked.query;
  const StatementCursor after = query.after.value_or(StatementCursor{});
  out.setSide(encode_enum<wire::SharingSide>(query.side));
  out.setFromNs(encode_time(query.from));
  out.setToNs(encode_time(query.to));
  encode_uuid(query.policy.value_or(PolicyId{}), out.initPolicy());
  out.setRunning(asked.running);
  out.setAfterStartNs(encode_time(after.period_start));
  encode_uuid(after.grant, out.initAfterGrant());
  out.setPageSize(page_size_on_wire(query.page_size));
  encode_id(query.counterparty.value_or(TenantId{}), out.initCounterparty());
}

Result<StatementPage> decode_statement_page(wire::SharingStatementPage::Reader in) {
  FieldReader fields("");
  StatementPage page;
  const auto lines = in.getStatements();
  // One more than was asked for, of what runs.
  if (fields.require(lines.size() <= statement_page_size_max + 1, "statements", more_than_a_page)) {
    for (const auto& line : lines) {
      page.lines.push_back(fields.part(decode_line(line)));
    }
  }
  for (const auto& total : in.getTotals()) {
    page.totals.push_back({.currency = read_currency(fields, total.getCurrency()),
                           .sum = {.lines = total.getStatements(),
                                   .uses = total.getUses(),
                                   .amount_micros = total.getAmountMicros(),
                                   .owner_micros = total.getOwnerMicros(),
                                   .platform_micros = total.getPlatformMicros()}});
  }
  page.more = in.getMore();
  return fields.finish(std::move(page));
}

void encode_statement_page(const StatementPage& page, wire::SharingStatementPage::Builder out) {
  auto lines = out.initStatements(static_cast<unsigned>(page.lines.size()));
  for (unsigned i = 0; i < lines.size(); ++i) {
    encode_line(page.lines[i], lines[i]);
  }
  auto totals = out.initTotals(static_cast<unsigned>(page.totals.size()));
  for (unsigned i = 0; i < totals.size(); ++i) {
    const auto& [currency, sum] = page.totals[i];
    totals[i].setCurrency(currency);
    totals[i].setStatements(sum.lines);
    totals[i].setUses(sum.uses);
    totals[i].setAmountMicros(sum.amount_micros);
    totals[i].setOwnerMicros(sum.owner_micros);
    totals[i].setPlatformMicros(sum.platform_micros);
  }
  out.setMore(page.more);
}

std::uint64_t words_of(const StatementLine& line) {
  return row_words + row_text_words(line.resource.id) + row_text_words(line.currency);
}

// ----------------------------------------------------------------------------------------- payouts

Result<PayoutQuery> decode_payout_query(wire::TenantAdmin::SharingPayoutsParams::Reader in) {
  FieldReader fields("");
  PayoutQuery query;
  query.currency = read_currency(fields, in.getCurrency());
  if (in.getAfterNumber() != 0) {
    query.after =
        PayoutKey{{},
                  fields.part(decode_text(in.getAfterCurrency(), "after_currency", currency_bytes)),
                  in.getAfterNumber()};
  }
  query.page_size = in.getPageSize();
  return fields.finish(std::move(query));
}

void encode_payout_query(const PayoutQuery& query,
                         wire::TenantAdmin::SharingPayoutsParams::Builder out) {
  out.setCurrency(query.currency);
  if (query.after) {
    out.setAfterCurrency(query.after->currency);
    out.setAfterNumber(query.after->number);
  }
  out.setPageSize(page_size_on_wire(query.page_size));
}

Result<Payout> decode_payout(wire::SharingPayout::Reader in) {
  FieldReader fields("payout");
  Payout payout;
  payout.key = {decode_id(in.getOwner()), read_currency(fields, in.getCurrency()), in.getNumber()};
  payout.schedule = fields.enumerant(in.getSchedule(), PayoutSchedule::monthly, "schedule");
  payout.through = decode_time(in.getThroughNs());
  payout.lines = in.getStatements();
  payout.amount_micros = in.getAmountMicros();
  payout.made_at = decode_time(in.getMadeAtNs());
  if (in.getPaid()) {
    payout.paid_at = decode_time(in.getPaidAtNs());
  }
  payout.reference = fields.part(
      decode_text(in.getReference(), "payout.reference", 4 * payout_reference_characters_max));
  return fields.finish(std::move(payout));
}

void encode_payout(const Payout& payout, wire::SharingPayout::Builder out) {
  encode_id(payout.key.owner, out.initOwner());
  out.setCurrency(payout.key.currency);
  out.setNumber(payout.key.number);
  out.setSchedule(encode_enum<wire::PayoutSchedule>(payout.schedule));
  out.setThroughNs(encode_time(payout.through));
  out.setStatements(payout.lines);
  out.setAmountMicros(payout.amount_micros);
  out.setMadeAtNs(encode_time(payout.made_at));
  out.setPaid(payout.paid_at.has_value());
  out.setPaidAtNs(encode_time(payout.paid_at.value_or(WallTime{})));
  out.setReference(payout.reference);
}

std::uint64_t words_of(const Payout& payout) {
  return row_words + row_text_words(payout.key.currency) + row_text_words(payout.reference);
}

Result<PayoutPage> decode_payout_page(wire::SharingPayoutPage::Reader in) {
  FieldReader fields("");
  PayoutPage page;
  const auto payouts = in.getPayouts();
  if (fields.require(payouts.size() <= statement_page_size_max, "payouts", more_than_a_page)) {
    for (const auto& payout : payouts) {
      page.payouts.push_back(fields.part(decode_payout(payout)));
    }
  }
  page.more = in.getMore();
  return fields.finish(std::move(page));
}

void encode_payout_page(const PayoutPage& page, wire::SharingPayoutPage::Builder out) {
  auto payouts = out.initPayouts(static_cast<unsigned>(page.payouts.size()));
  for (unsigned i = 0; i < payouts.size(); ++i) {
    encode_payout(page.payouts[i], payouts[i]);
  }
  out.setMore(page.more);
}

Result<PayoutPaid> decode_payout_paid(wire::Operator::MarkPayoutPaidParams::Reader in) {
  FieldReader fields("");
  PayoutPaid paid;
  paid.key = {{}, read_currency(fields, in.getCurrency()), in.getNumber()};
  paid.reference =
      fields.part(decode_text(in.getReference(), "reference", 4 * payout_reference_characters_max));
  return fields.finish(std::move(paid));
}

void encode_payout_paid(const PayoutPaid& paid, wire::Operator::MarkPayoutPaidParams::Builder out) {
  out.setCurrency(paid.key.currency);
  out.setNumber(paid.key.number);
  out.setReference(paid.reference);
}

// -------------------------------------------------------------------------------------- statistics

Result<SharingStatisticsQuery> decode_statistics_query(
    wire::TenantAdmin::SharingStatisticsParams::Reader in) {
  FieldReader fields("");
  SharingStatisticsQuery query;
  query.side = fields.enumerant(in.getSide(), SharingSide::consumer, "side");
  query.by = fields.enumerant(in.getBy(), SharingGranularity::period, "by");
  query.from = decode_time(in.getFromNs());
  query.to = decode_time(in.getToNs());
  query.policy = policy_or_none(in.getPolicy());
  query.points_max = in.getPointsMax();
  query.top_max = in.getTopMax();
  return fields.finish(std::move(query));
}

void encode_statistics_query(const SharingStatisticsQuery& query,
                             wire::TenantAdmin::SharingStatisticsParams::Builder out) {
  out.setSide(encode_enum<wire::SharingSide>(query.side));
  out.setBy(encode_enum<wire::SharingGranularity>(query.by));
  out.setFromNs(encode_time(query.from));
  out.setToNs(encode_time(query.to));
  encode_uuid(query.policy.value_or(PolicyId{}), out.initPolicy());
  out.setPointsMax(static_cast<std::uint32_t>(std::min(query.points_max, sharing_points_max + 1)));
  out.setTopMax(static_cast<std::uint32_t>(std::min(query.top_max, sharing_top_max + 1)));
}

Result<SharingStatistics> decode_sharing_statistics(wire::SharingStatistics::Reader in) {
  FieldReader fields("");
  SharingStatistics told;
  const auto points = in.getPoints();
  if (fields.require(points.size() <= sharing_points_max, "points", "are more than 10000")) {
    for (const auto& point : points) {
      told.points.push_back(
          {.start = decode_time(point.getStartNs()),
           .policy = decode_policy_id(point.getPolicy()),
           .currency = read_currency(fields, point.getCurrency()),
           .resource = read_resource(fields, point.getResourceType(), point.getResourceId()),
           .count = read_count(fields, point.getCount())});
    }
  }
  for (const auto& top : in.getTop()) {
    told.top.push_back(
        {.currency = read_currency(fields, top.getCurrency()),
         .consumer = decode_id(top.getConsumer()),
         .policy = decode_policy_id(top.getPolicy()),
         .resource = read_resource(fields, top.getResourceType(), top.getResourceId()),
         .count = read_count(fields, top.getCount())});
  }
  told.cut = in.getCut();
  return fields.finish(std::move(told));
}

void encode_sharing_statistics(const SharingStatistics& told,
                               wire::SharingStatistics::Builder out) {
  auto points = out.initPoints(static_cast<unsigned>(told.points.size()));
  for (unsigned i = 0; i < points.size(); ++i) {
    const SharingPoint& point = told.points[i];
    points[i].setStartNs(encode_time(point.start));
    encode_uuid(point.policy, points[i].initPolicy());
    points[i].setCurrency(point.currency);
    points[i].setResourceType(encode_enum<wire::ResourceType>(point.resource.type));
    points[i].setResourceId(point.resource.id);
    encode_count(point.count, points[i].initCount());
  }
  auto tops = out.initTop(static_cast<unsigned>(told.top.size()));
  for (unsigned i = 0; i < tops.size(); ++i) {
    const SharingTop& top = told.top[i];
    tops[i].setCurrency(top.currency);
    encode_id(top.consumer, tops[i].initConsumer());
    encode_uuid(top.policy, tops[i].initPolicy());
    tops[i].setResourceType(encode_enum<wire::ResourceType>(top.resource.type));
    tops[i].setResourceId(top.resource.id);
    encode_count(top.count, tops[i].initCount());
  }
  out.setCut(told.cut);
}

std::uint64_t words_of(const SharingPoint& point) {
  return row_words + row_text_words(point.resource.id) + row_text_words(point.currency);
}

}  // namespace sluice
