// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "actors/tenant/ids.hpp"

namespace sluice::test {

/// A TCP connection that sends what it likes: for peers that are broken or hostile.
///
/// Threading  One thread.
/// Errors     Throws if it cannot connect.
class RawPeer {
public:
  explicit RawPeer(std::uint16_t port);
  ~RawPeer();
  RawPeer(RawPeer&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  RawPeer& operator=(RawPeer&&) = delete;

  /// Sends all of it, or as much as the server takes before it closes or stops reading for the
  /// patience. Returns how many bytes went.
  std::size_t send(std::span<const std::byte> bytes,
                   std::chrono::milliseconds patience = std::chrono::milliseconds{5000});
  /// Reads and forgets until the server closes; false if it has not within the patience.
  [[nodiscard]] bool closed_within(std::chrono::seconds patience);
  /// Waits for the server to close without reading anything; false if it has not.
  [[nodiscard]] bool hung_up_within(std::chrono::seconds patience);
  /// Whether anything arrives within the patience.
  [[nodiscard]] bool answered_within(std::chrono::seconds patience);

private:
  int descriptor_ = -1;
};

/// Bytes of the RPC protocol as a client would send them, without a client. Each call refers to the
/// answers of the ones before by promise pipelining, so nothing needs to be read.
[[nodiscard]] std::vector<std::byte> bootstrap_frame(std::uint32_t question);
[[nodiscard]] std::vector<std::byte> enter_frame(std::uint32_t question,
                                                 std::uint32_t bootstrap_question);
/// A list of checks of 1 `api_requests` of this tenant.
[[nodiscard]] std::vector<std::byte> check_frame(std::uint32_t question,
                                                 std::uint32_t enter_question, TenantId tenant,
                                                 std::uint32_t checks);

}  // namespace sluice::test
