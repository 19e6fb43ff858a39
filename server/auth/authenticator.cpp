// SPDX-License-Identifier: Apache-2.0
#include "server/auth/authenticator.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <utility>

#include "server/auth/api_key_text.hpp"
#include "server/auth/crypto.hpp"

namespace sluice::auth {

namespace {

Fault refused(std::string why) {
  return Fault{FaultCode::unauthenticated, std::move(why)};
}

std::uint64_t random_secret() {
  std::uint64_t secret = 0;
  fill_random(std::as_writable_bytes(std::span{&secret, 1}));
  return secret;
}

}  // namespace

Authenticator::Authenticator(KeyLookup keys, std::optional<TokenSource> tokens,
                             Surroundings surroundings)
    : keys_(std::move(keys)),
      surroundings_(surroundings),
      tokens_(std::move(tokens)),
      failed_(random_secret()) {}

Result<Principal> Authenticator::authenticate(std::string_view credential,
                                              std::string_view address) {
  if (credential.empty()) {
    return refused("a credential is required");  // Not an attempt: nothing was guessed.
  }
  if (auto objection = objection_to(address)) {
    return *objection;
  }
  auto principal = identify(credential);
  if (!principal.ok()) {
    {
      const std::scoped_lock lock{mutex_};
      failed_.note(address, surroundings_.machine->now().steady);
    }
    surroundings_.observer->credential_refused(address, principal.fault().context);
  }
  return principal;
}

std::optional<Fault> Authenticator::objection_to(std::string_view address) {
  const std::scoped_lock lock{mutex_};
  const Duration wait = failed_.wait(address, surroundings_.machine->now().steady);
  if (wait == Duration{}) {
    return std::nullopt;
  }
  return refused("too many attempts from this address failed; try again in " +
                 std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()) + " s");
}

Result<Principal> Authenticator::identify(std::string_view credential) {
  const WallTime now = surroundings_.clock->now().wall;
  if (credential.starts_with(api_key_prefix)) {
    return of_api_key(credential, now);
  }
  const auto keys = current_keys();
  if (keys == nullptr) {
    return refused("the credential is not an API key, and this server takes no tokens");
  }
  return verify_token(credential, *keys, tokens_->rules, now);
}

Result<Principal> Authenticator::of_api_key(std::string_view text, WallTime now) const {
  const auto presented = read_api_key(text);
  if (!presented) {
    return refused("the API key is not whole: a part is missing or mistyped");
  }
  const auto found = keys_(presented->id);
  // Compared in any case, so that time does not tell whether there is such a key.
  const SecretHash expected = found ? found->key.hash : SecretHash{};
  const bool same = equal_in_constant_time(presented->hash, expected);
  if (!found || !same || found->revoked->load(std::memory_order_relaxed)) {
    return refused("the API key is not known");
  }
  if (now >= found->key.expires_at) {
    return refused("the API key has expired");
  }
  Principal principal;
  principal.kind = found->key.kind;
  principal.permissions = found->key.permissions;
  if (found->key.tenants) {
    principal.tenants = TenantSet{*found->key.tenants};
  }
  principal.credential = "key:" + to_string(found->key.id);
  principal.name = found->key.name;
  principal.expires_at = found->key.expires_at;
  principal.revoked = found->revoked;
  principal.purged = found->purged;
  return principal;
}

std::uint64_t Authenticator::key_round() {
  static_cast<void>(current_keys());
  return key_round_.load(std::memory_order_relaxed);
}

std::shared_ptr<const KeySet> Authenticator::current_keys() {
  std::optional<Result<std::size_t>> change;
  std::shared_ptr<const KeySet> keys;
  {
    const std::scoped_lock lock{mutex_};
    if (!tokens_) {
      return nullptr;
    }
    change = tokens_->keys.refresh(surroundings_.machine->now().steady);
    keys = tokens_->keys.keys();
  }
  if (change && change->ok()) {
    key_round_.fetch_add(1, std::memory_order_relaxed);
    surroundings_.observer->keys_changed(change->value());
  } else if (change) {
    surroundings_.observer->keys_refused(change->fault());
  }
  return keys;
}

}  // namespace sluice::auth
