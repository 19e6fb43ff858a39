// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/audit.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

/// Of the layout below, so that another one can never be taken for it.
constexpr char canonical_form = 1;

template <class Integer>
void put_number(std::string& bytes, Integer value) {
  for (int shift = 8 * static_cast<int>(sizeof value) - 8; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((value >> shift) & 0xFFU));
  }
}

void put_text(std::string& bytes, std::string_view text) {
  put_number(bytes, static_cast<std::uint32_t>(text.size()));
  bytes.append(text);
}

AuditBreak broken(std::uint64_t number, const char* what) {
  return {number, "event " + std::to_string(number) + what};
}

}  // namespace

std::optional<AuditAction> parse_audit_action(std::string_view name) {
  const auto found = std::ranges::find(audit_action_names, name, &AuditActionName::name);
  return found == audit_action_names.end() ? std::nullopt : std::optional(found->action);
}

Author system_author() {
  return {"system", "", "", ""};
}

Author anonymous_author(std::string address) {
  return {"anonymous", "", "", std::move(address)};
}

std::string canonical_bytes(const AuditEvent& event) {
  const AuditDraft& what = event.what;
  std::string bytes(1, canonical_form);
  put_number(bytes, what.tenant.high);
  put_number(bytes, what.tenant.low);
  put_number(bytes, event.number);
  put_number(bytes, static_cast<std::uint64_t>(what.at.time_since_epoch().count()));
  put_text(bytes, what.author.kind);
  put_text(bytes, what.author.name);
  put_text(bytes, what.author.credential);
  put_text(bytes, what.author.address);
  put_text(bytes, to_string(what.action));
  put_text(bytes, what.subject);
  put_text(bytes, what.before);
  put_text(bytes, what.after);
  bytes.append(reinterpret_cast<const char*>(event.previous.data()), event.previous.size());
  return bytes;
}

AuditEvent chained(AuditDraft draft, const AuditMark& last, AuditHasher hash) {
  AuditEvent event{std::move(draft), last.number + 1, last.hash, {}};
  event.hash = hash(canonical_bytes(event));
  return event;
}

std::optional<AuditBreak> first_break(AuditMark& through, std::span<const AuditEvent> events,
                                      AuditHasher hash) {
  for (const AuditEvent& event : events) {
    if (event.number != through.number + 1) {
      return broken(through.number + 1, " is missing");
    }
    if (event.previous != through.hash) {
      return broken(event.number, " does not follow the one before it");
    }
    if (event.hash != hash(canonical_bytes(event))) {
      return broken(event.number, " was edited");
    }
    through = {event.number, event.hash};
  }
  return std::nullopt;
}

AuditCheck check_chain(const AuditMark& anchor, const AuditMark& last, AuditMark through,
                       std::span<const AuditEvent> events, bool more, AuditHasher hash) {
  AuditCheck check{anchor, through, {}, more};
  check.broken = first_break(check.through, events, hash);
  if (!check.broken && !more && check.through != last) {
    check.broken = check.through.number == last.number
                       ? broken(last.number, " is not the one that the chain ends with")
                       : broken(check.through.number + 1, " is missing");
  }
  check.more = more && !check.broken;
  return check;
}

AuditCheck check_of_no_chain() {
  return {.anchor = {}, .through = {}, .broken = broken(1, " is missing")};
}

Result<Done> validate(const AuditQuery& query) {
  if (query.page_size < 1 || query.page_size > audit_page_size_max) {
    return Fault{FaultCode::invalid_argument, "page_size " + std::to_string(query.page_size) +
                                                  " is outside 1 to " +
                                                  std::to_string(audit_page_size_max)};
  }
  if (query.author.find('\0') != std::string::npos) {
    return Fault{FaultCode::invalid_argument, "author holds a NUL"};
  }
  return Done{};
}

}  // namespace sluice
