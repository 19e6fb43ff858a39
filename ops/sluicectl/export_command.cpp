// SPDX-License-Identifier: Apache-2.0
// Everything that is kept of a tenant, as one document.
#include <memory>
#include <string>

#include "ops/sluicectl/command_line.hpp"
#include "protocol/text/tenant_export.hpp"

namespace sluice::ctl {
namespace {

struct ExportWish {
  std::string tenant;
};

/// Always the document as it was told, because there is nothing in it for people to look at.
Report export_tenant(Session& session, const ExportWish& wish) {
  client::OperatorClient& management = session.link.management();
  const client::UsageReport now = answered(management.usage(parse_tenant_ref(wish.tenant)));
  text::TenantExport document{now.tenant.id, now.tenant.created_at, now.now};
  std::string told;
  while (const auto question = document.next()) {
    told += answered(document.take(management.ask_in_json(question->method, question->params)));
  }
  return {.document = {}, .text = told + "\n", .is_document = true};
}

}  // namespace

void add_export_command(CommandLine& line, CLI::App& group) {
  auto wish = std::make_shared<ExportWish>();
  CLI::App& command =
      *group.add_subcommand("export", "Print everything that is kept of a tenant, as JSON");
  command.add_option(tenant_positional, wish->tenant, "Slug or UUID")->required();
  runs(line, command, wish, export_tenant);
}

}  // namespace sluice::ctl
