// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "actors/tenant/fault.hpp"
#include "protocol/transport/tls.hpp"

namespace sluice::client {

/// What shows a server who the client is: an API key, or a token.
struct Credential {
  std::string text;  ///< Empty: none, unless there is a file.
  std::string file;  ///< Read at each connection, so that what is in it may be replaced.
};

/// What a credential is now. `invalid_argument` names a file that cannot be read, or is too large.
[[nodiscard]] Result<std::string> current(const Credential& credential);

/// Whether the connection is by TLS, and whom it trusts.
struct Tls {
  bool on = false;
  TlsClientFiles files;
  std::string server_name;  ///< That the certificate is for; empty: the host that is dialled first.
};

/// How a client introduces itself on each of its connections.
struct Introduction {
  std::string name;  ///< For the server's log.
  Credential credential;
  TlsContext tls;           ///< Without one, in the clear.
  std::string server_name;  ///< With one.
};

/// `invalid_argument` names a file of `tls` that is of no use.
[[nodiscard]] Result<Introduction> introduce(std::string name, Credential credential,
                                             const Tls& tls, const std::string& host);

}  // namespace sluice::client
