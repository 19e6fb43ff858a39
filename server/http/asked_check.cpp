// SPDX-License-Identifier: Apache-2.0
#include "server/http/asked_check.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <utility>

#include "actors/tenant/limit_rules.hpp"
#include "actors/tenant/sharing/sharing_text.hpp"
#include "protocol/text/amount_text.hpp"
#include "protocol/text/entry_id_text.hpp"
#include "protocol/text/time_text.hpp"

namespace sluice::http {
namespace {

constexpr std::array<std::string_view, 10> mode_names{"normal",  "peek",    "best_effort", "record",
                                                      "release", "reserve", "extend",      "commit",
                                                      "cancel",  "lease"};
static_assert(static_cast<std::size_t>(Mode::lease) == mode_names.size() - 1);

constexpr std::size_t tenant_bytes_max = 63;
constexpr std::size_t key_bytes_max = 255;

/// Whether an amount that is not said has a value: of what only asks, one; of a lease, nothing.
std::optional<std::uint64_t> amount_unsaid(Mode mode) {
  switch (mode) {
    case Mode::normal:
    case Mode::peek:
      return 1;
    case Mode::lease:
      return 0;
    case Mode::best_effort:
    case Mode::record:
    case Mode::release:
    case Mode::reserve:
    case Mode::extend:
    case Mode::commit:
    case Mode::cancel:
    case Mode::credit:
      break;
  }
  return std::nullopt;
}

/// Reads the members of one check, and keeps the first objection.
class Reader {
public:
  Reader(const Json& in, const CheckReading& with, std::string_view path, AskedCheck& out)
      : in_(in), with_(with), path_(path), out_(out) {}

  std::optional<Objected> read() {
    read_mode();
    refuse_strangers();
    read_tenant();
    read_charges();
    read_id();
    read_ttl();
    read_want();
    read_labels();
    read_explain();
    read_resource();
    return objected_;
  }

private:
  void object(const std::string& field, std::string_view what, Outcome outcome = Outcome::invalid) {
    if (!objected_) {
      objected_ = Objected{outcome, path_ + field + ": " + std::string{what}};
    }
  }

  [[nodiscard]] const Json* find(const char* field) const {
    const auto found = in_.find(field);
    return found == in_.end() || found->is_null() ? nullptr : &*found;
  }

  [[nodiscard]] ModeTerms terms() const { return terms_of(out_.mode); }

  void read_mode() {
    out_.mode = with_.mode.value_or(Mode::normal);
    const Json* const mode = find("mode");
    if (mode == nullptr || with_.mode) {
      return;
    }
    const auto named = mode->is_string() ? mode_from(mode->get<std::string>()) : std::nullopt;
    if (!named) {
      return object("mode",
                    "is none of normal, best_effort, peek, record, release, reserve, "
                    "extend, commit, cancel and lease");
    }
    out_.mode = *named;
  }

  void refuse_strangers() {
    for (const auto& [name, value] : in_.items()) {
      const auto field = std::ranges::find(check_fields(), name, &CheckField::name);
      if (field == check_fields().end() || (name == "mode" && with_.mode)) {
        return object(name, "is not known here");
      }
      if (!may_have(*field, out_.mode)) {
        return object(name, "is not of a " + std::string{name_of(out_.mode)});
      }
    }
  }

  void read_tenant() {
    const Json* const tenant = find("tenant");
    if (tenant == nullptr || !tenant->is_string()) {
      return object("tenant", "must be the id or the slug of a tenant");
    }
    out_.tenant = tenant->get<std::string>();
    if (out_.tenant.empty() || out_.tenant.size() > tenant_bytes_max) {
      object("tenant", "is neither an id nor a slug");
    }
  }

  [[nodiscard]] Amount read_amount(const Json& in, const Meter& meter, const std::string& field) {
    if (in.is_number_unsigned() && in.get<std::uint64_t>() <= Amount::max_raw) {
      return Amount{in.get<std::uint64_t>()};
    }
    if (in.is_number()) {
      object(field, "is not a whole number from 0 to 2^63-1");
    } else if (!in.is_string()) {
      object(field, "must be a whole number or a text such as \"10k\"");
    } else {
      const auto amount = text::parse_amount(in.get<std::string>(), text::amount_unit_of(meter));
      if (amount.ok()) {
        return amount.value();
      }
      object(field, amount.fault().context);
    }
    return Amount{};
  }

  /// Reads `meter` and `amount` of the check itself, or of one of its charges.
  void read_charge(const Json& in, const std::string& prefix) {
    const auto name = in.find("meter");
    if (name == in.end() || !name->is_string()) {
      return object(prefix + "meter", "must be the name of a meter");
    }
    const auto meter =
        std::ranges::find(with_.meters, name->get_ref<const std::string&>(), &Meter::name);
    if (meter == with_.meters.end()) {
      return object(prefix + "meter", "there is none of this name", Outcome::no_such_meter);
    }
    const auto amount = in.find("amount");
    const auto unsaid = amount_unsaid(out_.mode);
    if (amount == in.end() && !unsaid) {
      return object(prefix + "amount", "is missing");
    }
    out_.charges.push_back(
        Charge{meter->id, amount == in.end() ? Amount{*unsaid}
                                             : read_amount(*amount, *meter, prefix + "amount")});
  }

  void read_charges() {
    const Json* const list = find("charges");
    const bool single = find("meter") != nullptr || find("amount") != nullptr;
    if (list != nullptr && single) {
      return object("charges", "stand beside a meter or an amount; say either");
    }
    if (list == nullptr) {
      const bool has_id = find("id") != nullptr || with_.idempotency_key.has_value();
      const bool needs_one = charges_of(out_.mode, has_id) == Say::something;
      if (single || (needs_one && find("resource") == nullptr)) {
        read_charge(in_, "");
      }
      return;
    }
    if (!list->is_array() || list->empty() || list->size() > charges_per_check_max) {
      return object("charges", "must be a list of 1 to 16");
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string at = "charges[" + std::to_string(i) + "]";
      const Json& charge = (*list)[i];
      if (!charge.is_object()) {
        return object(at, "must be an object with a meter and an amount");
      }
      for (const auto& [name, value] : charge.items()) {
        if (name != "meter" && name != "amount") {
          return object(at + "." + name, "is not known here");
        }
      }
      read_charge(charge, at + ".");
    }
  }

  void read_id() {
    const Say said = terms().id;
    const Json* const id = find("id");
    if (id != nullptr) {
      const auto parsed = id->is_string() ? parse_tenant_id(id->get<std::string>()) : std::nullopt;
      if (!parsed) {
        return object("id", "is not a UUID");
      }
      out_.id = EntryId{parsed->high, parsed->low};
      if (out_.id.high == reserved_id_high) {
        object("id", "is reserved");
      }
    }
    if (with_.idempotency_key && said != Say::nothing) {
      const auto key = id_of_key(*with_.idempotency_key);
      if (!key) {
        return object("Idempotency-Key", "is not 1 to 255 printable characters");
      }
      if (id != nullptr) {
        return object("id", "stands beside an Idempotency-Key; say either");
      }
      out_.id = *key;
    }
    if (said == Say::something && out_.id == EntryId{}) {
      if (out_.mode != Mode::reserve && out_.mode != Mode::lease) {
        return object("id", "is missing: it names the reservation or lease");
      }
      out_.id = text::make_entry_id(with_.random(), with_.random());
    }
  }

  void read_ttl() {
    const Json* const ttl = find("ttl");
    if (ttl == nullptr) {
      if (terms().ttl == Say::something) {
        object("ttl", "is missing");
      }
      return;
    }
    if (!ttl->is_string()) {
      return object("ttl", "must be a text such as \"30s\"");
    }
    const auto parsed = text::parse_duration(ttl->get<std::string>());
    if (!parsed.ok()) {
      return object("ttl", parsed.fault().context);
    }
    if (parsed.value() < ttl_min || parsed.value() > ttl_max) {
      return object("ttl", ttl_out_of_range);
    }
    out_.ttl = parsed.value();
  }

  void read_want() {
    if (out_.mode != Mode::lease) {
      return;
    }
    const Json* const want = find("want");
    if (want == nullptr || out_.charges.empty()) {
      return object("want", "is missing");
    }
    const MeterId meter = out_.charges.front().meter;
    out_.want = read_amount(*want, with_.meters[meter.raw() - 1U], "want");
  }

  void read_labels() {
    const Json* const labels = find("labels");
    if (labels == nullptr) {
      return;
    }
    if (!labels->is_object() || labels->size() > labels_per_check_max) {
      return object("labels", "must be an object of at most 8 texts");
    }
    for (const auto& [name, value] : labels->items()) {
      const std::string field = "labels." + name;
      if (!is_label_name(name)) {
        return object(field, "is not called [a-z0-9][a-z0-9_-]{0,31}");
      }
      if (!value.is_string() || value.get_ref<const std::string&>().empty() ||
          !is_label_value(value.get_ref<const std::string&>())) {
        return object(field, "is not 1 to 64 bytes of text");
      }
      out_.labels.push_back({name, value.get<std::string>()});
    }
  }

  void read_explain() {
    if (const Json* const explain = find("explain")) {
      if (!explain->is_boolean()) {
        return object("explain", "is not true or false");
      }
      out_.explain = explain->get<bool>();
    }
  }

  /// A text, or nothing if it is not said, or is none.
  [[nodiscard]] std::optional<std::string> find_text(const char* field) {
    const Json* const text = find(field);
    if (text == nullptr) {
      return std::nullopt;
    }
    if (!text->is_string()) {
      object(field, "must be a text");
      return std::nullopt;
    }
    return text->get<std::string>();
  }

  void read_resource() {
    const auto resource = find_text("resource");
    const auto permission = find_text("permission");
    const auto ip = find_text("ip");
    if (!resource) {
      if (permission || ip) {
        object(permission ? "permission" : "ip", "stands without a resource");
      }
      return;
    }
    const std::size_t end_of_type = std::min(resource->find_first_of(":/"), resource->size());
    const auto type = parse_resource_type(resource->substr(0, end_of_type));
    if (!type || end_of_type + 1 >= resource->size()) {
      return object("resource", "must be its type and id, such as \"model:gpt-x\"");
    }
    out_.resource = Resource{*type, resource->substr(end_of_type + 1)};
    const auto asked = parse_share_permission(permission.value_or("execute"));
    if (!asked) {
      return object("permission", "is none of read, execute, modify, share, delete and admin");
    }
    out_.permission = *asked;
    out_.ip = ip ? parse_peer_address(*ip) : std::nullopt;
    if (ip && !out_.ip) {
      object("ip", "is no IPv4 or IPv6 address");
    }
  }

  const Json& in_;
  const CheckReading& with_;
  std::string path_;
  AskedCheck& out_;
  std::optional<Objected> objected_;
};

}  // namespace

std::optional<Objected> read_check(const Json& in, const CheckReading& with, std::string_view path,
                                   AskedCheck& out) {
  if (!in.is_object()) {
    return Objected{Outcome::invalid, std::string{path} + ": must be an object"};
  }
  const std::string prefix = path.empty() ? "" : std::string{path} + ".";
  return Reader(in, with, prefix, out).read();
}

bool may_have(const CheckField& field, Mode mode) {
  if (field.applies != nullptr) {
    return field.applies(mode);
  }
  return field.said == nullptr || terms_of(mode).*field.said != Say::nothing;
}

std::string_view name_of(Mode mode) {
  return mode_names.at(static_cast<std::size_t>(mode));
}

std::optional<Mode> mode_from(std::string_view name) {
  const auto found = std::ranges::find(mode_names, name);
  return found == mode_names.end() ? std::nullopt
                                   : std::optional{static_cast<Mode>(found - mode_names.begin())};
}

std::optional<EntryId> id_of_key(std::string_view key) {
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') {
    key = key.substr(1, key.size() - 2);
  }
  const auto printable = [](char c) { return c >= 0x20 && c < 0x7f; };
  if (key.empty() || key.size() > key_bytes_max || !std::ranges::all_of(key, printable)) {
    return std::nullopt;
  }
  if (const auto id = parse_tenant_id(key); id && id->high != reserved_id_high) {
    return EntryId{id->high, id->low};
  }
  const XXH128_hash_t hash = XXH3_128bits(key.data(), key.size());
  EntryId id = text::make_entry_id(hash.high64, hash.low64);
  id.high = (id.high & ~std::uint64_t{0xF000}) | 0x8000;  // Version 8: made in a way of our own.
  return id;
}

}  // namespace sluice::http
