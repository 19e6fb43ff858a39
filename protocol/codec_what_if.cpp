// SPDX-License-Identifier: Apache-2.0
#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

#include <algorithm>
#include <string>

namespace sluice {

namespace {

constexpr std::uint64_t slug_words_max = 64 / sizeof(capnp::word);
constexpr std::uint64_t row_words_max =
    capnp::sizeInWords<wire::WhatIfRow>() + capnp::sizeInWords<wire::TenantId>() + slug_words_max;
static_assert(page_size_max * row_words_max <= wire::FRAME_BYTES_MAX / sizeof(capnp::word) * 3 / 4);

Result<WhatIfRow> decode_row(wire::WhatIfRow::Reader in, std::string_view path) {
  FieldReader fields(path);
  WhatIfRow row;
  row.tenant = decode_id(in.getTenant());
  row.slug = fields.text(in.getSlug(), "slug");
  row.found.asked = fields.amount(in.getAsked(), "asked");
  row.found.buckets = in.getBuckets();
  row.found.refused = fields.amount(in.getRefused(), "refused");
  row.found.refused_buckets = in.getRefusedBuckets();
  row.found.first_refused = decode_time(in.getFirstRefusedNs());
  row.found.last_refused = decode_time(in.getLastRefusedNs());
  row.found.peak = fields.amount(in.getPeak(), "peak");
  return fields.finish(std::move(row));
}

void encode_row(const WhatIfRow& row, wire::WhatIfRow::Builder out) {
  encode_id(row.tenant, out.initTenant());
  out.setSlug(row.slug);
  out.setAsked(row.found.asked.raw());
  out.setBuckets(row.found.buckets);
  out.setRefused(row.found.refused.raw());
  out.setRefusedBuckets(row.found.refused_buckets);
  out.setFirstRefusedNs(encode_time(row.found.first_refused));
  out.setLastRefusedNs(encode_time(row.found.last_refused));
  out.setPeak(row.found.peak.raw());
}

}  // namespace

Result<WhatIfQuery> decode_what_if_query(wire::TenantAdmin::WhatIfParams::Reader in) {
  FieldReader fields("");
  WhatIfQuery query;
  query.limit = fields.part(decode_limit(in.getLimit(), "limit"));
  query.tier = fields.text(in.getTier(), "tier");
  query.granularity = fields.enumerant(in.getGranularity(), Granularity::day, "granularity");
  query.from = decode_time(in.getFromNs());
  query.to = decode_time(in.getToNs());
  const TenantId after = decode_id(in.getAfter());
  if (after != TenantId{}) {
    query.after = after;
  }
  query.page_size = in.getPageSize();
  return fields.finish(std::move(query));
}

void encode_what_if_query(const WhatIfQuery& query, wire::TenantAdmin::WhatIfParams::Builder out) {
  encode_limit(query.limit, out.initLimit());
  out.setTier(query.tier);
  out.setGranularity(encode_enum<wire::Granularity>(query.granularity));
  out.setFromNs(encode_time(query.from));
  out.setToNs(encode_time(query.to));
  encode_id(query.after.value_or(TenantId{}), out.initAfter());
  // Too large a size stays too large, for the server to refuse.
  out.setPageSize(static_cast<std::uint32_t>(std::min(query.page_size, page_size_max + 1)));
}

Result<WhatIfPage> decode_what_if_page(wire::WhatIfPage::Reader in) {
  FieldReader fields("whatIf");
  WhatIfPage page;
  const auto rows = in.getRows();
  if (fields.require(rows.size() <= page_size_max, "rows",
                     "are more than " + std::to_string(page_size_max))) {
    page.rows.reserve(rows.size());
    for (unsigned i = 0; i < rows.size(); ++i) {
      page.rows.push_back(fields.part(decode_row(rows[i], fields.path_of(at_index("rows", i)))));
    }
  }
  page.looked_at = in.getLookedAt();
  if (in.hasNext()) {
    page.next = decode_id(in.getNext());
  }
  return fields.finish(std::move(page));
}

void encode_what_if_page(const WhatIfPage& page, wire::WhatIfPage::Builder out) {
  auto rows = out.initRows(static_cast<unsigned>(page.rows.size()));
  for (unsigned i = 0; i < page.rows.size(); ++i) {
    encode_row(page.rows[i], rows[i]);
  }
  out.setLookedAt(static_cast<std::uint32_t>(page.looked_at));
  if (page.next) {
    encode_id(*page.next, out.initNext());
  }
}

}  // namespace sluice
