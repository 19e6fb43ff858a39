// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ids.hpp"
#include "actors/tenant/permission.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

/// Whom a credential speaks for.
enum class CallerKind : std::uint8_t {
  gateway,    ///< Asks on behalf of tenants' users.
  operator_,  ///< Runs the platform, or some of its tenants.
  member,     ///< May do what its role allows, in its tenants. Never by an API key.
};
[[nodiscard]] std::string_view to_string(CallerKind kind);
[[nodiscard]] std::optional<CallerKind> parse_caller_kind(std::string_view text);

/// Random, from 1 to 2^63-1; written as 16 hexadecimal digits. No secret.
using KeyId = Strong<struct KeyIdTag, std::uint64_t>;
[[nodiscard]] std::string to_string(KeyId id);
[[nodiscard]] std::optional<KeyId> parse_key_id(std::string_view text);

/// Which tenants a credential covers, ascending and each once; nothing: all.
using CoveredTenants = std::optional<std::vector<TenantId>>;
inline constexpr std::size_t covered_tenants_max = 1000;
/// The UUIDs with blanks between.
[[nodiscard]] std::string to_text(const std::vector<TenantId>& tenants);
[[nodiscard]] std::optional<std::vector<TenantId>> parse_tenants(std::string_view text);

using SecretHash = std::array<std::byte, 32>;

/// An API key as it is stored: everything but the secret, which only its holder has.
struct ApiKey {
  KeyId id;
  std::string name;  ///< For people: 1 to 100 characters.
  CallerKind kind = CallerKind::gateway;
  PermissionSet permissions;  ///< Of a gateway exactly `checks:write`.
  CoveredTenants tenants;
  SecretHash hash{};  ///< SHA-256 of the secret.
  WallTime created_at{};
  WallTime expires_at = WallTime::max();
  friend bool operator==(const ApiKey&, const ApiKey&) = default;
};
inline constexpr std::size_t api_keys_max = 10'000;

/// Whether such a key may be made. The fault names the field.
[[nodiscard]] Result<Done> validate(const ApiKey& key);

/// The key of a tenant that is purged covers the others that it names, if there are any. False: it
/// covered nothing else, and is to be no more.
[[nodiscard]] bool uncover(ApiKey& key, TenantId purged);
/// Whether the key names the tenant; one for all names none.
[[nodiscard]] bool names(const ApiKey& key, TenantId tenant);

/// Tenants of a key that were purged after somebody had come in with it: were they made again,
/// under the same ids, he would still have to show it again.
///
/// Threading  One thread at a time adds; any asks, and sees at once what was added.
/// Ownership  Owns its list, which only grows.
/// Errors     None.
/// Cost       As long as there are none, which is the rule, a branch; otherwise a walk along them.
class PurgedTenants {
public:
  void add(TenantId tenant);
  [[nodiscard]] bool contains(TenantId tenant) const;

private:
  struct Node {
    TenantId tenant;
    const Node* next;
  };
  std::vector<std::unique_ptr<const Node>> nodes_;
  std::atomic<const Node*> latest_ = nullptr;
};

/// A key that was found, and what became of it since, which every thread sees at once.
struct StandingKey {
  ApiKey key;
  std::shared_ptr<const std::atomic<bool>> revoked;
  std::shared_ptr<const PurgedTenants> purged{};  ///< Of those that the key named. Null: none.
};

}  // namespace sluice
