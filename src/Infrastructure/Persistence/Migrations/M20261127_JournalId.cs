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
            id uuid NOT NULL,
            made_in oid NOT NULL
        );

        -- Until the first crash the one that nodes of the former version know, in whose values the first three parts of it lie the other way round.
        INSERT INTO public.cache_journal_id (id, made_in)
        SELECT encode(substr(value, 4, 1) || substr(value, 3, 1) || substr(value, 2, 1) || substr(value, 1, 1) || substr(value, 6, 1) || substr(value, 5, 1)
                || substr(value, 8, 1) || substr(value, 7, 1) || substr(value, 9), 'hex')::uuid, 'public.cache_journal_id'::regclass
        FROM public.service_keys WHERE name = 'journal_id';
        """);
}
