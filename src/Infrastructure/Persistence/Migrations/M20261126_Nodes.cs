using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace NeuroLab.Infrastructure.Persistence.Migrations;

/// <summary>The nodes that share the database. On SQLite there is one, and it enters itself nowhere.</summary>
[DbContext(typeof(SqliteMigrationContext))]
[Migration("20261126000000_Nodes")]
internal sealed class SqliteNodes : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE cache_nodes (
            id TEXT NOT NULL CONSTRAINT pk_cache_nodes PRIMARY KEY,
            seen_at TEXT NOT NULL,
            status TEXT NOT NULL
        );
        """);
}

/// <summary>The nodes that share the database.</summary>
[DbContext(typeof(PostgresMigrationContext))]
[Migration("20261126000000_Nodes")]
internal sealed class PostgresNodes : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- A row a node, written over and over: without an index on what changes it is written in its place.
        CREATE TABLE public.cache_nodes (
            id uuid NOT NULL CONSTRAINT pk_cache_nodes PRIMARY KEY,
            seen_at timestamp with time zone NOT NULL,
            status jsonb NOT NULL
        );
        """);
}
