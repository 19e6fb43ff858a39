// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/time.hpp"

namespace sluice::text {

/// Everything that is kept of a tenant, as one document: what the methods of the native interface
/// tell, in JSON, page by page.
///
/// Role       Says what to ask next, and writes what is answered. It asks nobody: over HTTP the
///            server does, and sluicectl over the native interface.
/// Threading  Confined.
/// Ownership  Holds one page at a time, and the ids of the tenant's listings.
/// Errors     What the caller may not see is null; any other fault ends the document.
/// Cost       Reads and writes the JSON of each page.
class TenantExport {
public:
  using Json = nlohmann::ordered_json;

  struct Question {
    std::string method;
    std::string params;  ///< One JSON object.
  };

  TenantExport(TenantId tenant, WallTime created_at, WallTime now);

  /// Nothing once the document has ended.
  [[nodiscard]] std::optional<Question> next();
  /// What was answered; the text that goes on with the document, which may be empty.
  [[nodiscard]] Result<std::string> take(const Result<std::string>& answered);

  /// One member of the document.
  struct Section {
    const char* name;
    const char* method;
    const char* list = nullptr;  ///< What is told of each page; without one, all of the only page.
    Json params = Json::object();
    /// Whether there is a page after this one; then `params` are of that. It may take from this one
    /// what the next one tells again.
    std::function<bool(Json& params, Json& page)> go_on = [](Json&, Json&) { return false; };
    bool is_about_tenant = true;
    enum class Begin : std::uint8_t { ask, nothing, hidden };
    /// What there is to ask, once those before are told.
    std::function<Begin(Json& params)> begin = [](Json&) { return Begin::ask; };
  };

private:
  [[nodiscard]] std::string name_of_section() const;
  void tell_page(Json page, std::string& text);
  void begin_section(std::string& text);

  std::vector<Section> sections_;
  std::size_t at_ = 0;
  bool is_first_page_ = true;
  std::uint64_t elements_ = 0;  ///< Of the section, so far.
};

}  // namespace sluice::text
