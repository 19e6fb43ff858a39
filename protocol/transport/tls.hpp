// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "protocol/transport/byte_queue.hpp"

namespace sluice {

/// Files in PEM. An empty path is none.
struct TlsServerFiles {
  std::string certificate;  ///< With its chain.
  std::string key;
  std::string client_ca;  ///< With it a client needs a certificate that it signed.
};
struct TlsClientFiles {
  std::string ca;           ///< Who signs servers' certificates; none: whom the system trusts.
  std::string certificate;  ///< For a server that asks for one.
  std::string key;
};

/// What all connections of one side share: certificates and whom to trust. TLS 1.3 alone, since
/// both sides are ours.
///
/// Threading  Immutable; any thread.
/// Ownership  Shared by its sessions.
struct TlsContext {
  std::shared_ptr<SSL_CTX> context;
  std::string problem;  ///< Why there is none: names the file.
};
[[nodiscard]] TlsContext make_tls_server(const TlsServerFiles& files);
[[nodiscard]] TlsContext make_tls_client(const TlsClientFiles& files);

/// The context for a library that frees what it is given.
[[nodiscard]] SSL_CTX* context_to_free(const TlsContext& tls);

/// Encrypts what one connection says; knows of no socket.
///
/// Role       Between the bytes of a peer and clear text, either way. Begins the handshake by
///            itself.
/// Threading  Confined to its connection.
/// Ownership  Of its state; the queues are its caller's.
/// Units      Bytes.
/// Errors     `receive` and `send` return what went wrong, for people; then it is of no use any
///            more, but what it has put into `sealed` should still leave.
/// Cost       About a nanosecond a byte; a handshake some hundred microseconds.
class TlsSession {
public:
  [[nodiscard]] static std::unique_ptr<TlsSession> accepting(const TlsContext& context);
  /// The peer's certificate has to be for this name or address.
  [[nodiscard]] static std::unique_ptr<TlsSession> calling(const TlsContext& context,
                                                           const std::string& server_name);

  /// Takes bytes of the peer; `clear` gets what they say, `sealed` what has to be answered.
  [[nodiscard]] std::string receive(std::span<const std::byte> bytes, ByteQueue& clear,
                                    ByteQueue& sealed);
  /// Takes all of `clear`, unless the handshake is not done yet.
  [[nodiscard]] std::string send(ByteQueue& clear, ByteQueue& sealed);

private:
  explicit TlsSession(const TlsContext& context);
  [[nodiscard]] std::string problem_of(int result) const;
  void drain(ByteQueue& sealed);

  std::shared_ptr<SSL> ssl_;
  BIO* incoming_;  ///< Both belong to `ssl_`.
  BIO* outgoing_;
};

}  // namespace sluice
