// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <optional>
#include <string>

#include "protocol/codec.hpp"
#include "tests/protocol/codec/generators.hpp"
#include "tests/protocol/codec/message.hpp"

namespace sluice {
namespace {

using codec_test::Message;
using codec_test::refusal_of;

std::optional<TenantId> any_cursor() {
  return *rc::gen::arbitrary<bool>() ? std::nullopt : std::optional{TenantId{1, 2}};
}

WhatIfRow any_row() {
  WhatIfRow row{*codec_test::ids(), *codec_test::texts(), {}};
  row.found.asked = *codec_test::amounts();
  row.found.buckets = *rc::gen::arbitrary<std::uint64_t>();
  row.found.refused = *codec_test::amounts();
  row.found.refused_buckets = *rc::gen::arbitrary<std::uint64_t>();
  row.found.first_refused = *codec_test::times();
  row.found.last_refused = *codec_test::times();
  row.found.peak = *codec_test::amounts();
  return row;
}

RC_GTEST_PROP(WhatIfQueryCodec, BringsEveryQueryThrough, ()) {
  WhatIfQuery query;
  query.limit = *codec_test::limits();
  query.tier = *codec_test::texts();
  query.granularity = *codec_test::enums(Granularity::day);
  query.from = *codec_test::times();
  query.to = *codec_test::times();
  query.after = any_cursor();
  query.page_size = *rc::gen::inRange<std::size_t>(0, page_size_max + 1);
  Message<wire::TenantAdmin::WhatIfParams> message;
  encode_what_if_query(query, message.write());
  const auto back = decode_what_if_query(message.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value().limit == query.limit);
  RC_ASSERT(back.value().tier == query.tier);
  RC_ASSERT(back.value().granularity == query.granularity);
  RC_ASSERT(back.value().from == query.from);
  RC_ASSERT(back.value().to == query.to);
  RC_ASSERT(back.value().after == query.after);
  RC_ASSERT(back.value().page_size == query.page_size);
}

TEST(WhatIfQueryCodec, LeavesItToTheServerToRefuseAPageThatIsTooLarge) {
  WhatIfQuery query;
  query.page_size = (std::size_t{1} << 32) + 1;
  Message<wire::TenantAdmin::WhatIfParams> message;
  encode_what_if_query(query, message.write());
  EXPECT_EQ(decode_what_if_query(message.read()).value().page_size, page_size_max + 1);
}

TEST(WhatIfQueryCodec, NamesTheFieldThatIsWrong) {
  Message<wire::TenantAdmin::WhatIfParams> message;
  encode_what_if_query(WhatIfQuery{}, message.write());
  message.edit().setGranularity(static_cast<wire::Granularity>(3));
  EXPECT_EQ(refusal_of(decode_what_if_query(message.read())), "granularity is not known");
  encode_what_if_query(WhatIfQuery{}, message.write());
  message.edit().setTier("\xff");
  EXPECT_EQ(refusal_of(decode_what_if_query(message.read())), "tier is not UTF-8");
  encode_what_if_query(WhatIfQuery{}, message.write());
  message.edit().getLimit().setName("\xff");
  EXPECT_EQ(refusal_of(decode_what_if_query(message.read())), "limit.name is not UTF-8");
}

RC_GTEST_PROP(WhatIfPageCodec, BringsEveryPageThrough, ()) {
  WhatIfPage page;
  for (int rows = *rc::gen::inRange(0, 4); rows > 0; --rows) {
    page.rows.push_back(any_row());
  }
  page.looked_at = *rc::gen::inRange<std::size_t>(0, page_size_max + 1);
  page.next = any_cursor();
  Message<wire::WhatIfPage> message;
  encode_what_if_page(page, message.write());
  const auto back = decode_what_if_page(message.read());
  RC_ASSERT(back.ok());
  RC_ASSERT(back.value().rows == page.rows);
  RC_ASSERT(back.value().looked_at == page.looked_at);
  RC_ASSERT(back.value().next == page.next);
}

TEST(WhatIfPageCodec, NamesTheRowThatIsWrong) {
  Message<wire::WhatIfPage> message;
  message.write().initRows(3)[2].setRefused(std::uint64_t{1} << 63);
  EXPECT_EQ(refusal_of(decode_what_if_page(message.read())),
            "whatIf.rows[2].refused is larger than 2^63-1");
  message.write().initRows(1)[0].setSlug("\xff");
  EXPECT_EQ(refusal_of(decode_what_if_page(message.read())), "whatIf.rows[0].slug is not UTF-8");
}

TEST(WhatIfPageCodec, RefusesMoreRowsThanAnybodyMayAskFor) {
  Message<wire::WhatIfPage> message;
  message.write().initRows(page_size_max + 1);
  EXPECT_EQ(refusal_of(decode_what_if_page(message.read())), "whatIf.rows are more than 1000");
}

TEST(WhatIfPageCodec, AsManyRowsAsThereCanBeFitIntoAFrame) {
  constexpr std::size_t slug_bytes_max = 63;
  WhatIfPage page;
  page.rows.assign(page_size_max, WhatIfRow{{1, 2}, std::string(slug_bytes_max, 'a'), {}});
  Message<wire::TenantAdmin::WhatIfResults> message;
  encode_what_if_page(page, message.write().initAnswer().initValue());
  EXPECT_LE(message.read().totalSize().wordCount * sizeof(capnp::word), wire::FRAME_BYTES_MAX);
}

}  // namespace
}  // namespace sluice
