using Microsoft.EntityFrameworkCore;

namespace NeuroLab.Infrastructure.Persistence.Migrations;

/// <summary>The model, with the migrations of SQLite.</summary>
internal sealed class SqliteMigrationContext(DbContextOptions<SqliteMigrationContext> options) : NeuroLabDbContext(options);

/// <summary>The model, with the migrations of PostgreSQL.</summary>
internal sealed class PostgresMigrationContext(DbContextOptions<PostgresMigrationContext> options) : NeuroLabDbContext(options);
