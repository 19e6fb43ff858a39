// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "actors/tenant/api_key.hpp"
#include "actors/tenant/clock.hpp"
#include "actors/tenant/fault.hpp"
#include "server/auth/failed_attempts.hpp"
#include "server/auth/key_file.hpp"
#include "server/auth/principal.hpp"
#include "server/auth/token.hpp"

namespace sluice::auth {

/// Hears what became of credentials. Called on any thread; must not block, and must stand a storm.
class AuthObserver {
public:
  virtual ~AuthObserver() = default;
  /// `reason` says what was wrong, without anything secret.
  virtual void credential_refused(std::string_view address, std::string_view reason) = 0;
  virtual void keys_changed(std::size_t keys) = 0;
  /// The key file changed and is broken; the keys are as they were.
  virtual void keys_refused(const Fault& fault) = 0;
};

/// Tokens that are accepted, and the file with the keys that verify them.
struct TokenSource {
  TokenRules rules;
  KeyFile keys;
};

/// Finds the API key of this id, if there is one. Asked on any thread.
using KeyLookup = std::function<std::optional<StandingKey>(KeyId)>;

/// Says who a caller is, by the credential that it shows: an API key or a token.
///
/// Role       The one door for every interface. A peer whose attempts keep failing has to wait,
///            whatever it shows next.
/// Threading  Any thread; locks while it looks at who failed and at the key file, not while it
///            verifies.
/// Ownership  Borrows the clocks and the observer.
/// Units      Expiry is by `clock`, which may be simulated; waiting by `machine`.
/// Errors     `unauthenticated`, with no more than the caller may know: whether an API key exists
///            is not told.
/// Cost       Two SHA-256 for an API key, a signature check for a token.
class Authenticator {
public:
  static constexpr std::size_t credential_bytes_max = token_bytes_max;

  struct Surroundings {
    const Clock* clock;
    const Clock* machine;
    AuthObserver* observer;
  };
  /// Without `tokens` only API keys are accepted.
  Authenticator(KeyLookup keys, std::optional<TokenSource> tokens, Surroundings surroundings);

  /// `address` is the peer's, without its port.
  [[nodiscard]] Result<Principal> authenticate(std::string_view credential,
                                               std::string_view address);

  /// Counts the changes of the keys of tokens, for which it looks when it is time to. A token that
  /// was found good before another number is to be shown again.
  [[nodiscard]] std::uint64_t key_round();

private:
  [[nodiscard]] std::optional<Fault> objection_to(std::string_view address);
  [[nodiscard]] Result<Principal> identify(std::string_view credential);
  [[nodiscard]] Result<Principal> of_api_key(std::string_view text, WallTime now) const;
  [[nodiscard]] std::shared_ptr<const KeySet> current_keys();

  KeyLookup keys_;
  Surroundings surroundings_;
  std::mutex mutex_;
  std::optional<TokenSource> tokens_;
  std::atomic<std::uint64_t> key_round_{0};
  FailedAttempts failed_;
};

}  // namespace sluice::auth
