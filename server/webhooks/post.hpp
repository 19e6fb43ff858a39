// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "actors/tenant/outbox.hpp"
#include "server/webhooks/lookups.hpp"
#include "server/webhooks/target.hpp"

namespace sluice::webhooks {

/// What may be called, and how.
struct PostRules {
  bool allow_private = false;                 ///< Addresses that are not public.
  bool allow_plain = false;                   ///< Without TLS.
  std::chrono::milliseconds timeout{10'000};  ///< For all of it; a lookup is waited for.
};
/// What a receiver may say before its status is known; more is an answer that failed.
inline constexpr std::uint32_t answer_header_bytes_max = 8'192;

/// What is sent.
struct Message {
  std::string event{};
  std::string id{};
  std::string signature{};
  std::string body{};
};

/// Calls a webhook once: finds its addresses, refuses it if one of them is not public, connects to
/// the very addresses that it looked at, checks the certificate, posts, and reads the status; it
/// follows no redirect, and reads no further. Calls `done` once, from the loop.
///
/// Threading  Confined to the loop's thread.
/// Ownership  Owns itself until it is done; loop, TLS context and lookups must outlive that.
/// Errors     What failed is in the attempt, in words for whoever set up the webhook.
/// Cost       A connection.
void post(boost::asio::io_context& loop, boost::asio::ssl::context& tls, Lookups& lookups,
          const PostRules& rules, Target target, Message message,
          std::function<void(Attempt)> done);

}  // namespace sluice::webhooks
