// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>

#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

namespace {

constexpr std::size_t audit_author_bytes_max = 1'100;

AuditHash decode_hash(capnp::Data::Reader in, std::string_view field, FieldReader& fields) {
  AuditHash hash{};
  if (fields.require(in.size() == hash.size(), field, "is not 32 bytes")) {
    std::ranges::transform(in, hash.begin(), [](auto byte) { return std::byte{byte}; });
  }
  return hash;
}

capnp::Data::Reader encode_hash(const AuditHash& hash) {
  return {reinterpret_cast<const kj::byte*>(hash.data()), hash.size()};
}

Result<AuditEvent> decode_event(wire::AuditEvent::Reader in) {
  FieldReader fields("event");
  const auto text = [&](capnp::Text::Reader from, std::string_view field) {
    return fields.part(decode_text(from, fields.path_of(field), audit_text_bytes_max));
  };
  AuditEvent event;
  event.number = in.getNumber();
  event.what.tenant = decode_id(in.getTenant());
  event.what.at = decode_time(in.getAtNs());
  event.what.author = {text(in.getKind(), "kind"), text(in.getName(), "name"),
                       text(in.getCredential(), "credential"), text(in.getAddress(), "address")};
  const auto action = parse_audit_action(text(in.getAction(), "action"));
  if (fields.require(action.has_value(), "action", "is not known")) {
    event.what.action = *action;
  }
  event.what.subject = text(in.getSubject(), "subject");
  event.what.before = text(in.getBefore(), "before");
  event.what.after = text(in.getAfter(), "after");
  event.previous = decode_hash(in.getPrevious(), "previous", fields);
  event.hash = decode_hash(in.getHash(), "hash", fields);
  return fields.finish(std::move(event));
}

void encode_event(const AuditEvent& event, wire::AuditEvent::Builder out) {
  const AuditDraft& what = event.what;
  out.setNumber(event.number);
  encode_id(what.tenant, out.initTenant());
  out.setAtNs(encode_time(what.at));
  out.setKind(what.author.kind);
  out.setName(what.author.name);
  out.setCredential(what.author.credential);
  out.setAddress(what.author.address);
  out.setAction(std::string{to_string(what.action)});
  out.setSubject(what.subject);
  out.setBefore(what.before);
  out.setAfter(what.after);
  out.setPrevious(encode_hash(event.previous));
  out.setHash(encode_hash(event.hash));
}

std::uint64_t encoded_words(const AuditEvent& event) {
  constexpr std::uint64_t fixed_words = 64;  // Struct, hashes, id, and the ends of texts.
  const AuditDraft& what = event.what;
  const Author& author = what.author;
  return fixed_words + (author.name.size() + author.credential.size() + author.address.size() +
                        what.subject.size() + what.before.size() + what.after.size()) /
                           sizeof(capnp::word);
}

}  // namespace

Result<AuditQuery> decode_audit_query(wire::TenantAdmin::AuditTrailParams::Reader in) {
  FieldReader fields("");
  AuditQuery query;
  query.author = fields.part(decode_text(in.getAuthor(), "author", audit_author_bytes_max));
  const std::string action = fields.text(in.getAction(), "action");
  query.action = parse_audit_action(action);
  fields.require(action.empty() || query.action, "action", "is not known");
  query.from = decode_time(in.getFromNs());
  query.to = decode_time(in.getToNs());
  query.after = in.getAfter();
  fields.require(query.after <= Amount::max_raw, "after", beyond_range);
  query.page_size = in.getPageSize();
  fields.require(query.page_size >= 1 && query.page_size <= audit_page_size_max, "pageSize",
                 "is outside 1 to " + std::to_string(audit_page_size_max));
  return fields.finish(std::move(query));
}

void encode_audit_query(const AuditQuery& query, wire::TenantAdmin::AuditTrailParams::Builder out) {
  out.setAuthor(query.author);
  out.setAction(query.action ? std::string{to_string(*query.action)} : std::string{});
  out.setFromNs(encode_time(query.from));
  out.setToNs(encode_time(query.to));
  out.setAfter(query.after);
  out.setPageSize(static_cast<std::uint32_t>(query.page_size));
}

Result<AuditPage> decode_audit_page(wire::AuditPage::Reader in) {
  AuditPage page;
  for (const auto item : in.getEvents()) {
    auto event = decode_event(item);
    if (!event.ok()) {
      return event.fault();
    }
    page.events.push_back(std::move(event).value());
  }
  page.more = in.getMore();
  return page;
}

void encode_audit_page(const AuditPage& page, wire::AuditPage::Builder out) {
  auto events = out.initEvents(static_cast<unsigned>(page.events.size()));
  for (unsigned i = 0; i < events.size(); ++i) {
    encode_event(page.events[i], events[i]);
  }
  out.setMore(page.more);
}

void cut_audit_page(AuditPage& page, std::uint64_t words_max) {
  std::uint64_t words = 0;
  for (std::size_t i = 0; i < page.events.size(); ++i) {
    words += encoded_words(page.events[i]);
    if (words > words_max && i > 0) {
      page.events.resize(i);
      page.more = true;
    }
  }
}

Result<AuditCheck> decode_audit_check(wire::AuditCheck::Reader in) {
  FieldReader fields("check");
  AuditCheck check;
  check.anchor = {in.getAnchorNumber(), decode_hash(in.getAnchorHash(), "anchorHash", fields)};
  check.through = {in.getNumber(), decode_hash(in.getHash(), "hash", fields)};
  if (in.getBrokenAt() != 0) {
    check.broken = AuditBreak{in.getBrokenAt(), fields.text(in.getBrokenWhat(), "brokenWhat")};
  }
  return fields.finish(std::move(check));
}

void encode_audit_check(const AuditCheck& check, wire::AuditCheck::Builder out) {
  out.setAnchorNumber(check.anchor.number);
  out.setAnchorHash(encode_hash(check.anchor.hash));
  out.setNumber(check.through.number);
  out.setHash(encode_hash(check.through.hash));
  if (check.broken) {
    out.setBrokenAt(check.broken->number);
    out.setBrokenWhat(check.broken->what);
  }
}

}  // namespace sluice
