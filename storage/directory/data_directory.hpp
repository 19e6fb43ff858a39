// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/ownership.hpp"

namespace sluice {

/// The directory that a server keeps everything in, held by one server at a time.
///
/// Role       Makes the directory (mode 0700), locks it, and remembers which kind of clock its data
///            was made with, as the store does. Gives the server its name among all
///            servers, a random UUID: whoever has the directory has the journal, and is that
///            server.
/// Threading  None of its own; the lock belongs to the process.
/// Ownership  Holds the lock until it ends. The kernel releases it when the process dies, however
///            it dies; the file LOCK stays and means nothing by itself.
/// Errors     `unavailable` if another server holds it or it cannot be made; `invalid_argument` if
///            it was made with the other kind of clock; `data_damaged` if that, or who the server
///            is, cannot be told.
class DataDirectory {
public:
  [[nodiscard]] static Result<DataDirectory> hold(std::string path, ClockKind clock);
  /// For tools: whatever its clock, but only where a server has been. `not_found` if none has.
  /// Does not read who the server is.
  [[nodiscard]] static Result<DataDirectory> hold_existing(std::string path);

  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&& other) noexcept;
  ~DataDirectory();

  /// Where the database file is, or is to be.
  [[nodiscard]] std::string database() const { return path_ + "/sluice.db"; }
  /// Where the journal is, or is to be; not made here.
  [[nodiscard]] std::string journal_directory() const { return path_ + "/journal"; }
  /// Made when the directory was first held, and the same ever after.
  [[nodiscard]] const ServerId& server_id() const noexcept { return server_id_; }

  /// A secret that was made and may not have been told to anybody yet, so that a crash in between
  /// does not lose it. It stands in the file UNTOLD, which only the server's user can read, for no
  /// longer than that takes.
  [[nodiscard]] Result<Done> keep_untold(const std::string& secret) const;
  [[nodiscard]] std::optional<std::string> untold() const;
  [[nodiscard]] Result<Done> forget_untold() const;

private:
  DataDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;  ///< File descriptor of LOCK; -1 after a move.
  ServerId server_id_;
};

}  // namespace sluice
