// SPDX-License-Identifier: Apache-2.0
#include "storage/journal/posix_disk.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace sluice {

namespace {

Fault failed(const std::string& path, const char* what, int error) {
  return Fault{FaultCode::unavailable,
               path + " cannot be " + what + ": " + std::generic_category().message(error)};
}

class PosixFile final : public DiskFile {
public:
  PosixFile(std::string path, int descriptor, std::uint64_t size)
      : path_(std::move(path)), descriptor_(descriptor), size_(size) {}
  ~PosixFile() override { ::close(descriptor_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  [[nodiscard]] std::uint64_t size() const noexcept override { return size_; }

  [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t got = ::pread(descriptor_, into.data() + done, into.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got < 0) {
        return failed(path_, "read", errno);
      }
      if (got == 0) {
        break;
      }
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  [[nodiscard]] Result<Done> write(std::uint64_t offset,
                                   std::span<const std::byte> bytes) override {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t put = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                                   static_cast<off_t>(offset + done));
      if (put < 0 && errno == EINTR) {
        continue;
      }
      if (put <= 0) {
        return failed(path_, "written", put < 0 ? errno : EIO);
      }
      done += static_cast<std::size_t>(put);
    }
    return Done{};
  }

  [[nodiscard]] Result<Done> sync() override {
    if (::fdatasync(descriptor_) != 0) {
      return failed(path_, "synced", errno);
    }
    return Done{};
  }

private:
  std::string path_;
  int descriptor_;
  std::uint64_t size_;
};

}  // namespace

Result<std::unique_ptr<Disk>> PosixDisk::in(std::string directory) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return failed("directory " + directory, "made", errno);
  }
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return failed("directory " + directory, "opened", errno);
  }
  return std::unique_ptr<Disk>{std::make_unique<PosixDisk>(std::move(directory), descriptor)};
}

PosixDisk::~PosixDisk() {
  ::close(descriptor_);
}

Result<std::vector<std::string>> PosixDisk::list() {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator at{path_, error}, end; !error && at != end;
       at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  if (error) {
    return failed("directory " + path_, "listed", error.value());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::unique_ptr<DiskFile>> PosixDisk::create(const std::string& name, std::uint64_t bytes) {
  const std::string path = path_ + '/' + name;
  const int descriptor =
      ::openat(descriptor_, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return failed(path, "created", errno);
  }
  auto file = std::make_unique<PosixFile>(path, descriptor, bytes);
  int error = EINTR;
  while (error == EINTR) {
    error = ::posix_fallocate(descriptor, 0, static_cast<off_t>(bytes));
  }
  if (error != 0) {
    return failed(path, "given its space", error);
  }
  return std::unique_ptr<DiskFile>{std::move(file)};
}

Result<std::unique_ptr<DiskFile>> PosixDisk::open(const std::string& name) {
  const std::string path = path_ + '/' + name;
  const int descriptor = ::openat(descriptor_, name.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return failed(path, "opened", errno);
  }
  struct stat status {};
  const int error = ::fstat(descriptor, &status) == 0 ? 0 : errno;
  auto file =
      std::make_unique<PosixFile>(path, descriptor, static_cast<std::uint64_t>(status.st_size));
  if (error != 0) {
    return failed(path, "opened", error);
  }
  return std::unique_ptr<DiskFile>{std::move(file)};
}

Result<Done> PosixDisk::rename(const std::string& from, const std::string& to) {
  if (::renameat(descriptor_, from.c_str(), descriptor_, to.c_str()) != 0) {
    return failed(path_ + '/' + from, "renamed", errno);
  }
  return Done{};
}

Result<Done> PosixDisk::remove(const std::string& name) {
  if (::unlinkat(descriptor_, name.c_str(), 0) != 0 && errno != ENOENT) {
    return failed(path_ + '/' + name, "removed", errno);
  }
  return Done{};
}

Result<Done> PosixDisk::sync_directory() {
  if (::fsync(descriptor_) != 0) {
    return failed("directory " + path_, "synced", errno);
  }
  return Done{};
}

Result<BootId> read_boot_id() {
  const std::string path = "/proc/sys/kernel/random/boot_id";
  std::string line;
  std::ifstream file{path};
  if (!std::getline(file, line) || line.empty() || line.size() > boot_id_characters_max) {
    return failed(path, "read", EIO);
  }
  return BootId{line};
}

}  // namespace sluice
