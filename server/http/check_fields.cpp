// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "server/http/asked_check.hpp"

namespace sluice::http {
namespace {

constexpr std::string_view amount_schema =
    R"({"description":"A whole number of the meter's unit, or a text such as 10k, 1GB, 10h. )"
    R"(Of normal and peek 1 if it is not said; of a lease what was spent of it so far.",)"
    R"("oneOf":[{"type":"integer","minimum":0,"maximum":9223372036854775807},{"type":"string"}]})";

constexpr std::array<CheckField, 13> fields{{
    {"tenant", R"({"type":"string","description":"The id (a UUID) or the slug.","maxLength":63})",
     nullptr, nullptr},
    {"mode",
     R"({"type":"string","description":"What is asked; normal if it is not said.","enum":["normal")"
     R"(,"best_effort","peek","record","release","reserve","extend","commit","cancel","lease"]})",
     nullptr, nullptr},
    {"meter", R"({"type":"string","description":"The name of a meter."})", &ModeTerms::charges,
     nullptr},
    {"amount", amount_schema, &ModeTerms::charges, nullptr},
    {"charges",
     R"({"type":"array","description":"Instead of meter and amount: all or none.",)"
     R"("minItems":1,"maxItems":16,"items":{"$ref":"#/components/schemas/Charge"}})",
     &ModeTerms::charges, nullptr},
    {"id",
     R"({"type":"string","format":"uuid","description":"Names a reservation, a lease, or a check )"
     R"(that may be repeated. Of reserve and lease one is made if there is none."})",
     &ModeTerms::id, nullptr},
    {"ttl",
     R"({"type":"string","description":"For how long a reservation or lease stays open without )"
     R"(being extended, such as 30s; 1ms to 7d."})",
     &ModeTerms::ttl, nullptr},
    {"want",
     R"({"description":"How much of the meter may be out, as an amount.",)"
     R"("oneOf":[{"type":"integer","minimum":0,"maximum":9223372036854775807},{"type":"string"}]})",
     nullptr, [](Mode mode) { return mode == Mode::lease; }},
    {"labels",
     R"({"type":"object","description":"What the request says of itself, such as user: 42.",)"
     R"("maxProperties":8,"additionalProperties":{"type":"string","minLength":1,"maxLength":64}})",
     &ModeTerms::labels, nullptr},
    {"explain",
     R"({"type":"boolean","description":"Asks for every limit that was met, with its numbers."})",
     &ModeTerms::explain, nullptr},
    {"resource",
     R"({"type":"string","description":"What is used of what others share: its type and id, )"
     R"(such as model:gpt-x. Then meter and amount may be left out."})",
     nullptr, may_name_resource},
    {"permission",
     R"({"type":"string","description":"What is done with the resource; execute if it is not )"
     R"(said.","enum":["read","execute","modify","share","delete","admin"]})",
     nullptr, may_name_resource},
    {"ip",
     R"({"type":"string","description":"From where the resource is used, IPv4 or IPv6; if it )"
     R"(is not said, the address that the request comes from."})",
     nullptr, may_name_resource},
}};

}  // namespace

std::span<const CheckField> check_fields() {
  return fields;
}

}  // namespace sluice::http
