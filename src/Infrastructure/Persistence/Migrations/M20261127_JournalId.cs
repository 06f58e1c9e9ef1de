using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace NeuroLab.Infrastructure.Persistence.Migrations;

/// <summary>The journal's identity, where a server that crashes loses it.</summary>
[DbContext(typeof(PostgresMigrationContext))]
[Migration("20261127000000_JournalId")]
internal sealed class PostgresJournalId : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- Unlogged: empty after a crash and on a replica that takes over, when numbers of transactions may be given again. What is leased from then on is of another journal.
        CREATE UNLOGGED TABLE public.cache_journal_id (
            is_only boolean NOT NULL DEFAULT TRUE CONSTRAINT pk_cache_journal_id PRIMARY KEY CONSTRAINT ck_cache_journal_id CHECK (is_only),
            id uuid NOT NULL
        );
        """);
}
