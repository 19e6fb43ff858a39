// SPDX-License-Identifier: Apache-2.0
// Checks with particulars: an id, a lifetime, labels.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "protocol/codec.hpp"
#include "protocol/mode_terms.hpp"
#include "tests/protocol/codec/generators.hpp"
#include "tests/protocol/codec/message.hpp"

namespace sluice {
namespace {

using codec_test::Message;
using std::chrono::milliseconds;

constexpr TenantId tenant{1, 2};
constexpr EntryId id{3, 4};
constexpr Duration half_a_minute = std::chrono::seconds{30};

/// One check on the wire, and what a decoder makes of it.
struct ParticularsCodec : testing::Test {
  /// A good check of this mode, to be spoilt.
  wire::Check::Builder one(Mode mode) {
    const ModeTerms terms = terms_of(mode);
    const bool reserves = terms.ttl != Say::nothing;
    return put(
        {tenant, terms.charges == Say::nothing ? std::span<const Charge>{} : std::span(&good, 1),
         mode, terms.id == Say::nothing ? EntryId{} : id, reserves ? half_a_minute : Duration{}});
  }

  wire::Check::Builder put(const Check& check) {
    auto out = message.write().initChecks(1)[0];
    encode_check(check, out);
    return out;
  }

  const Check& decoded() {
    EXPECT_TRUE(decoder.decode(message.read().getChecks()).ok());
    return decoder.checks().front();
  }

  /// The problem that the peer is told; empty if there is none.
  std::string problem() {
    decoded();
    Message<wire::Gateway::CheckResults> answer;
    auto decisions = answer.write().initDecisions(1);
    decoder.encode(decisions);
    return decode_problem(decisions[0].asReader()).value();
  }

  const Charge good{MeterId{3}, Amount{5}};
  Message<wire::Gateway::CheckParams> message;
  CheckDecoder decoder;
};

RC_GTEST_FIXTURE_PROP(ParticularsCodec, ReadsBackWhatIsAskedUnderAnId, ()) {
  const Mode mode = *rc::gen::distinctFrom(codec_test::enums(Mode::lease), Mode::peek);
  const ModeTerms terms = terms_of(mode);
  const std::size_t least = terms.charges == Say::something ? 1 : 0;
  const std::size_t most = terms.charges == Say::nothing ? 0 : charges_per_check_max;
  const auto charges = *rc::gen::container<std::vector<Charge>>(
      *rc::gen::inRange<std::size_t>(least, most + 1),
      rc::gen::construct<Charge>(rc::gen::map(rc::gen::inRange<std::uint16_t>(1, 9),
                                              [](auto raw) { return MeterId{raw}; }),
                                 codec_test::amounts()));
  const EntryId entry = *codec_test::entry_ids();
  const Duration ttl = terms.ttl == Say::nothing ? Duration{} : *codec_test::ttls();
  const Amount want = mode == Mode::lease ? *codec_test::amounts() : Amount{};
  const auto owned_labels =
      terms.labels == Say::nothing ? std::vector<OwnedLabel>{} : *codec_test::label_lists();
  std::vector<Label> labels;
  for (const OwnedLabel& label : owned_labels) {
    labels.push_back({label.name, label.value});
  }
  const Check asked{tenant, charges, mode, entry, ttl, labels, want};
  put(asked);
  const auto words = message.read().totalSize().wordCount;
  put({tenant, std::span(&good, 1), Mode::normal});
  RC_ASSERT(words - message.read().totalSize().wordCount == further_words_of(asked));
  put(asked);
  const Check& check = decoded();
  RC_ASSERT(decoder.decisions()[0].outcome == Outcome::unavailable);
  RC_ASSERT(check.tenant == tenant);
  RC_ASSERT(check.mode == mode);
  RC_ASSERT(check.id == entry);
  RC_ASSERT(check.ttl == ttl);
  RC_ASSERT(check.want == want);
  RC_ASSERT(owned(check.labels) == owned_labels);
  RC_ASSERT(std::ranges::equal(check.charges, charges, {}, &Charge::meter, &Charge::meter));
  RC_ASSERT(std::ranges::equal(check.charges, charges, {}, &Charge::amount, &Charge::amount));
}

TEST_F(ParticularsCodec, APlainCheckHasNoIdWhateverWasDecodedBefore) {
  one(Mode::reserve);
  EXPECT_EQ(decoded().id, id);
  EXPECT_FALSE(put({tenant, std::span(&good, 1), Mode::normal}).hasParticulars());
  EXPECT_EQ(decoded().id, EntryId{});
  EXPECT_EQ(decoded().ttl, Duration{});
}

TEST_F(ParticularsCodec, AnyModeButAPeekMayHaveAnId) {
  for (const Mode mode : {Mode::normal, Mode::best_effort, Mode::record, Mode::release}) {
    one(mode);
    EXPECT_EQ(problem(), "");
    EXPECT_EQ(decoded().id, id);
  }
  one(Mode::peek).initParticulars().setIdLow(1);
  EXPECT_EQ(problem(),
            "checks[0].particulars.idHigh and idLow are not for a peek, which is not remembered");
}

TEST_F(ParticularsCodec, RefusesAnIdThatIsAllZeroWhereOneIsNeeded) {
  for (const Mode mode : {Mode::reserve, Mode::commit, Mode::lease}) {
    auto particulars = one(mode).getParticulars();
    particulars.setIdHigh(0);
    EXPECT_EQ(problem(), "");
    particulars.setIdLow(0);
    EXPECT_EQ(problem(),
              "checks[0].particulars.idHigh and idLow are both zero: this mode needs an id");
  }
}

TEST_F(ParticularsCodec, RefusesAReservationWithoutAnId) {
  for (const Mode mode : {Mode::reserve, Mode::extend, Mode::commit, Mode::cancel, Mode::lease}) {
    one(mode).disownParticulars();
    EXPECT_EQ(problem(),
              "checks[0].particulars.idHigh and idLow are both zero: this mode needs an id");
  }
}

TEST_F(ParticularsCodec, RefusesTheIdsThatTenantsHaveForThemselves) {
  one(Mode::normal).getParticulars().setIdHigh(reserved_id_high);
  EXPECT_EQ(problem(), "checks[0].particulars.idHigh is reserved");
}

TEST_F(ParticularsCodec, AReservationMayLeaveItsTimeToALimit) {
  for (const Mode mode : {Mode::reserve, Mode::extend}) {
    one(mode).getParticulars().setTtlNs(0);
    EXPECT_EQ(problem(), "");
    EXPECT_EQ(decoded().ttl, Duration{});
  }
  one(Mode::lease).getParticulars().setTtlNs(0);
  EXPECT_EQ(problem(), "checks[0].particulars.ttlNs is not from 1 ms to 7 days");
}

TEST_F(ParticularsCodec, OnlyALeaseWantsSomething) {
  one(Mode::lease).getParticulars().setWant(7);
  EXPECT_EQ(problem(), "");
  EXPECT_EQ(decoded().want, Amount{7});
  one(Mode::lease).getParticulars().setWant(Amount::max_raw + 1);
  EXPECT_EQ(problem(), "checks[0].particulars.want is larger than 2^63-1");
  one(Mode::reserve).getParticulars().setWant(1);
  EXPECT_EQ(problem(), "checks[0].particulars.want is only for lease");
}

TEST_F(ParticularsCodec, AnyCheckThatIsDecidedAfreshMayHaveLabels) {
  for (const Mode mode : {Mode::normal, Mode::peek, Mode::best_effort, Mode::record, Mode::release,
                          Mode::reserve, Mode::lease}) {
    auto label = one(mode).getParticulars().initLabels(1)[0];
    label.setName("user");
    label.setValue("42");
    EXPECT_EQ(problem(), "");
    ASSERT_EQ(decoded().labels.size(), 1U);
    EXPECT_EQ(decoded().labels[0].name, "user");
    EXPECT_EQ(decoded().labels[0].value, "42");
  }
  for (const Mode mode : {Mode::extend, Mode::commit, Mode::cancel}) {
    one(mode).getParticulars().initLabels(1);
    EXPECT_EQ(problem(), "checks[0].particulars.labels are those of the reservation already");
  }
}

TEST_F(ParticularsCodec, RefusesLabelsThatCannotBe) {
  const auto of = [this](const std::string& name, const std::string& value) {
    auto label = one(Mode::normal).getParticulars().initLabels(1)[0];
    label.setName(name);
    label.setValue(value);
    return problem();
  };
  constexpr const char* bad_name =
      "checks[0].particulars.labels[0].name is not [a-z0-9][a-z0-9_-]{0,31}";
  constexpr const char* bad_value =
      "checks[0].particulars.labels[0].value is not 1 to 64 bytes of UTF-8";
  EXPECT_EQ(of("", "x"), bad_name);
  EXPECT_EQ(of("User", "x"), bad_name);
  EXPECT_EQ(of(std::string(33, 'a'), "x"), bad_name);
  EXPECT_EQ(of("user", ""), bad_value);
  EXPECT_EQ(of("user", std::string(65, 'a')), bad_value);
  EXPECT_EQ(of("user", "\xff"), bad_value);
  EXPECT_EQ(of(std::string(32, 'a'), std::string(64, 'a')), "");
  auto twice = one(Mode::normal).getParticulars().initLabels(2);
  for (auto label : twice) {
    label.setName("user");
    label.setValue("42");
  }
  EXPECT_EQ(problem(), "checks[0].particulars.labels[1].name is there twice");
  one(Mode::normal).getParticulars().initLabels(labels_per_check_max + 1);
  EXPECT_EQ(problem(), "checks[0].particulars.labels are more than 8");
}

TEST_F(ParticularsCodec, ReservesAndExtendsForAMillisecondToAWeek) {
  for (const Mode mode : {Mode::reserve, Mode::extend}) {
    auto particulars = one(mode).getParticulars();
    for (const Duration good_ttl : {ttl_min, ttl_max}) {
      particulars.setTtlNs(static_cast<std::uint64_t>(good_ttl.count()));
      EXPECT_EQ(problem(), "");
      EXPECT_EQ(decoded().ttl, good_ttl);
    }
    for (const std::uint64_t bad :
         {std::uint64_t{1}, static_cast<std::uint64_t>(ttl_min.count()) - 1,
          static_cast<std::uint64_t>(ttl_max.count()) + 1,
          std::numeric_limits<std::uint64_t>::max()}) {
      particulars.setTtlNs(bad);
      EXPECT_EQ(problem(), "checks[0].particulars.ttlNs is not from 1 ms to 7 days");
    }
  }
}

TEST_F(ParticularsCodec, RefusesATimeOfWhatIsNotKeptOpen) {
  for (const Mode mode :
       {Mode::normal, Mode::best_effort, Mode::record, Mode::release, Mode::commit, Mode::cancel}) {
    one(mode).getParticulars().setTtlNs(1'000'000);
    EXPECT_EQ(problem(), "checks[0].particulars.ttlNs is only for reserve, extend and lease");
  }
}

TEST_F(ParticularsCodec, OnlyExtendCommitCancelAndAReleaseOfAnIdMayComeWithoutCharges) {
  for (const Mode mode : {Mode::extend, Mode::commit, Mode::cancel, Mode::release}) {
    auto check = one(mode);
    check.setMeter(0);
    check.setAmount(0);
    EXPECT_EQ(problem(), "");
    EXPECT_TRUE(decoded().charges.empty());
  }
  for (const Mode mode :
       {Mode::normal, Mode::best_effort, Mode::record, Mode::release, Mode::reserve}) {
    auto check = one(mode);
    check.setMeter(0);
    check.setAmount(0);
    if (mode == Mode::release) {
      check.getParticulars().setIdHigh(0);
      check.getParticulars().setIdLow(0);
    }
    ASSERT_EQ(decoded().charges.size(), 1U) << "a meter that no server has";
    EXPECT_EQ(decoded().charges[0].meter, MeterId{});
  }
}

TEST_F(ParticularsCodec, AZeroMeterIsAChargeIfItIsNotAllThereIs) {
  for (const Mode mode : {Mode::extend, Mode::commit, Mode::release}) {
    auto check = one(mode);
    check.setMeter(0);
    EXPECT_EQ(decoded().charges.size(), 1U);
    check.setAmount(0);
    check.initMore(1)[0].setMeter(3);
    EXPECT_EQ(decoded().charges.size(), 2U);
    check.setMeter(3);
    check.disownMore();
    EXPECT_EQ(decoded().charges.size(), 1U) << "nothing was used";
  }
}

TEST_F(ParticularsCodec, RefusesACancelWithCharges) {
  constexpr const char* refusal =
      "checks[0].meter and amount and more must be empty: a cancel has no charges";
  one(Mode::cancel).setMeter(1);
  EXPECT_EQ(problem(), refusal);
  one(Mode::cancel).setAmount(1);
  EXPECT_EQ(problem(), refusal);
  one(Mode::cancel).initMore(1);
  EXPECT_EQ(problem(), refusal);
}

TEST_F(ParticularsCodec, RefusesAmountsOfReservationsAsOfAnyCheck) {
  one(Mode::commit).setAmount(Amount::max_raw + 1);
  EXPECT_EQ(problem(), "checks[0].amount is larger than 2^63-1");
  one(Mode::reserve).initMore(charges_per_check_max);
  EXPECT_EQ(problem(), "checks[0].more makes this more than 16 charges");
}

TEST_F(ParticularsCodec, ReadsBackWhatIsUsedOfAnother) {
  const SharedUse use{.policy = {5, 6},
                      .permission = SharePermission::admin,
                      .peer = PeerAddress{0x2001'0db8'0000'0000U, 7}};
  for (const Mode mode : {Mode::normal, Mode::peek, Mode::best_effort, Mode::record}) {
    const Check asked{
        .tenant = tenant, .charges = std::span(&good, 1), .mode = mode, .shared = &use};
    put(asked);
    EXPECT_EQ(problem(), "");
    const SharedUse* const read = decoded().shared;
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(read->policy, use.policy);
    EXPECT_EQ(read->permission, use.permission);
    EXPECT_EQ(read->peer, use.peer);
  }
  put({tenant, std::span(&good, 1), Mode::normal});
  EXPECT_EQ(decoded().shared, nullptr) << "whatever was decoded before";
}

TEST_F(ParticularsCodec, NamesTheFieldOfAUseThatIsWrong) {
  one(Mode::normal).initParticulars().setPolicyLow(1);
  EXPECT_EQ(problem(), "") << "half of a policy is one";
  auto nowhere = one(Mode::normal).initParticulars();
  nowhere.initPeer(4);
  EXPECT_EQ(problem(),
            "checks[0].particulars.policyHigh and policyLow are both zero: permission and peer are "
            "for a policy only");
  auto peer = one(Mode::normal).initParticulars();
  peer.setPolicyLow(1);
  peer.initPeer(5);
  EXPECT_EQ(problem(), "checks[0].particulars.peer is not 4 or 16 bytes");
  one(Mode::release).initParticulars().setPolicyLow(1);
  EXPECT_EQ(problem(),
            "checks[0].particulars.policyHigh and policyLow are only for normal, peek, bestEffort, "
            "record and reserve");
}

TEST_F(ParticularsCodec, ChecksWithoutChargesLeaveTheirNeighboursTheirs) {
  constexpr unsigned count = 40;
  auto list = message.write().initChecks(count);
  const std::vector<Charge> many(charges_per_check_max, good);
  for (unsigned i = 0; i < count; ++i) {
    encode_check(
        i % 2 == 0 ? Check{tenant, {}, Mode::cancel, id} : Check{tenant, many, Mode::commit, id},
        list[i]);
  }
  decoded();
  for (unsigned i = 0; i < count; ++i) {
    EXPECT_EQ(decoder.checks()[i].charges.size(), i % 2 == 0 ? 0 : many.size());
  }
}

}  // namespace
}  // namespace sluice
