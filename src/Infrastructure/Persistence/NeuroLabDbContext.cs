using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Domain.Accounts;
using NeuroLab.Domain.Experiments;
using NeuroLab.Infrastructure.Persistence.Model;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>The tables. The same model on both databases but for column types and the journal's transaction id.</summary>
internal class NeuroLabDbContext : DbContext
{
    private const string ResultOwner = "UserId";

    public NeuroLabDbContext(DbContextOptions<NeuroLabDbContext> options) : base(options)
    {
    }

    protected NeuroLabDbContext(DbContextOptions options) : base(options)
    {
    }

    public DbSet<User> Users => Set<User>();

    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();

    public DbSet<Experiment> Experiments => Set<Experiment>();

    public DbSet<ExperimentResult> Results => Set<ExperimentResult>();

    public DbSet<JournalRow> Journal => Set<JournalRow>();

    public DbSet<ServiceKey> ServiceKeys => Set<ServiceKey>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<NodeRow> Nodes => Set<NodeRow>();

    /// <summary>Adds an experiment and, where it has one, its result.</summary>
    public void AddExperiment(Experiment experiment, ExperimentResult? result)
    {
        Add(experiment);
        if (result is not null)
        {
            Add(result).Property(ResultOwner).CurrentValue = experiment.UserId;
        }
    }

    /// <summary>The results of one user.</summary>
    public IQueryable<ExperimentResult> ResultsOf(Guid userId) => Results.Where(r => EF.Property<Guid>(r, ResultOwner) == userId);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();
        configurationBuilder.Properties<ExperimentType>().HaveConversion<SnakeCaseEnumConverter<ExperimentType>>();
        configurationBuilder.Properties<ExperimentStatus>().HaveConversion<SnakeCaseEnumConverter<ExperimentStatus>>();
        configurationBuilder.Properties<InvalidationTarget>().HaveConversion<SnakeCaseEnumConverter<InvalidationTarget>>();
        configurationBuilder.Properties<AuditAction>().HaveConversion<AuditActionConverter>();
        configurationBuilder.Properties<AuditOutcome>().HaveConversion<SnakeCaseEnumConverter<AuditOutcome>>();
        configurationBuilder.Properties<ExperimentParameters>().HaveConversion<ParametersConverter, ImmutableComparer<ExperimentParameters>>();
        configurationBuilder.Properties<IReadOnlyList<DataPoint>>().HaveConversion<DataPointsConverter, ImmutableComparer<IReadOnlyList<DataPoint>>>();
        configurationBuilder.ComplexProperties<ExperimentMetrics>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        var postgres = Database.IsNpgsql();
        if (postgres)
        {
            modelBuilder.HasDefaultSchema("public");
        }

        ConfigureAccounts(modelBuilder);
        ConfigureExperiments(modelBuilder, postgres);
        ConfigureService(modelBuilder, postgres);
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            UseSnakeCase(entity);
            entity.FindPrimaryKey()!.SetName($"pk_{entity.GetTableName()}");
        }
    }

    private static void ConfigureAccounts(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<User>(user =>
        {
            user.ToTable("users");
            user.Property(u => u.Id).ValueGeneratedNever();
            user.Property(u => u.PasswordHash).IsConcurrencyToken();
            user.HasIndex(u => u.NormalizedEmail).IsUnique().HasDatabaseName("ux_users_normalized_email");
        });
        modelBuilder.Entity<RefreshToken>(token =>
        {
            token.ToTable("refresh_tokens");
            token.Property(t => t.Id).ValueGeneratedNever();
            token.Property(t => t.UsedAt).IsConcurrencyToken();
            token.HasIndex(t => t.TokenHash).IsUnique().HasDatabaseName("ux_refresh_tokens_token_hash");
            token.HasIndex(t => t.FamilyId).HasDatabaseName("ix_refresh_tokens_family_id");
            token.HasIndex(t => t.UserId).HasDatabaseName("ix_refresh_tokens_user_id");
            token.HasOne<User>().WithMany().HasForeignKey(t => t.UserId).OnDelete(DeleteBehavior.Cascade).HasConstraintName("fk_refresh_tokens_users");
        });
    }

    private static void ConfigureExperiments(ModelBuilder modelBuilder, bool postgres)
    {
        modelBuilder.Entity<Experiment>(experiment =>
        {
            experiment.ToTable("experiments", table =>
            {
                table.HasCheckConstraint("ck_experiments_experiment_type", OneOf<ExperimentType>("experiment_type"));
                table.HasCheckConstraint("ck_experiments_status", OneOf<ExperimentStatus>("status"));
            });
            experiment.Property(e => e.Id).ValueGeneratedNever();
            experiment.Property(e => e.Type).HasColumnName("experiment_type");
            // The list and the recent ones, newest first.
            experiment.HasIndex(e => new { e.UserId, e.CreatedAt, e.Id }).IsDescending(false, true, true).HasDatabaseName("ix_experiments_newest");
            // Counts, without looking at the table.
            experiment.HasIndex(e => new { e.UserId, e.Type, e.Status, e.CreatedAt }).HasDatabaseName("ix_experiments_counts");
            experiment.HasOne<User>().WithMany().HasForeignKey(e => e.UserId).OnDelete(DeleteBehavior.Cascade).HasConstraintName("fk_experiments_users");
            JsonColumn(experiment.Property(e => e.Parameters).Metadata, postgres);
        });
        modelBuilder.Entity<ExperimentResult>(result =>
        {
            result.ToTable("results");
            result.Property(r => r.Id).ValueGeneratedNever();
            // The owner once more: else means over one user's results read everybody's.
            result.Property<Guid>(ResultOwner);
            result.HasIndex(ResultOwner, nameof(ExperimentResult.ExperimentId)).HasDatabaseName("ix_results_owner");
            result.HasIndex(r => r.ExperimentId).IsUnique().HasDatabaseName("ux_results_experiment_id");
            result.HasOne<Experiment>().WithOne().HasForeignKey<ExperimentResult>(r => r.ExperimentId).OnDelete(DeleteBehavior.Cascade)
                .HasConstraintName("fk_results_experiments");
            JsonColumn(result.Property(r => r.DataPoints).Metadata, postgres);
        });
    }

    private static void ConfigureService(ModelBuilder modelBuilder, bool postgres)
    {
        modelBuilder.Entity<JournalRow>(row =>
        {
            row.ToTable("cache_journal", table => table.HasCheckConstraint("ck_cache_journal_target", OneOf<InvalidationTarget>("target")));
            row.HasIndex(r => r.CreatedAt).HasDatabaseName("ix_cache_journal_created_at");
            if (postgres)
            {
                row.Property(r => r.Xid).HasColumnType("xid8").HasDefaultValueSql("pg_current_xact_id()");
                row.HasIndex(r => r.Xid).HasDatabaseName("ix_cache_journal_xid");
            }
            else
            {
                row.Ignore(r => r.Xid);
            }
        });
        if (postgres)
        {
            modelBuilder.Entity<JournalIdRow>(row =>
            {
                row.ToTable("cache_journal_id", table => table.HasCheckConstraint("ck_cache_journal_id", "is_only")).IsUnlogged();
                row.HasKey(r => r.IsOnly);
                row.Property(r => r.IsOnly).HasDefaultValue(true);
                row.Property(r => r.MadeIn).HasColumnType("oid");
            });
        }

        modelBuilder.Entity<ServiceKey>(key =>
        {
            key.ToTable("service_keys");
            key.HasKey(k => k.Name);
        });
        modelBuilder.Entity<AuditRow>(row =>
        {
            row.ToTable("audit_log");
            row.HasIndex(r => r.CreatedAt).HasDatabaseName("ix_audit_log_created_at");
        });
        modelBuilder.Entity<NodeRow>(row =>
        {
            row.ToTable("cache_nodes");
            row.Property(r => r.Id).ValueGeneratedNever();
            JsonColumn(row.Property(r => r.Status).Metadata, postgres);
        });
    }

    private static void JsonColumn(IMutableProperty property, bool postgres)
    {
        if (postgres)
        {
            property.SetColumnType("jsonb");
        }
    }

    private static string OneOf<T>(string column)
        where T : struct, Enum =>
        $"{column} IN ({string.Join(", ", SnakeCaseEnumConverter<T>.Names.All.Select(name => $"'{name}'"))})";

    private static void UseSnakeCase(IMutableTypeBase type)
    {
        foreach (var property in type.GetDeclaredProperties())
        {
            if (property.FindAnnotation(RelationalAnnotationNames.ColumnName) is null)
            {
                property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
            }
        }

        foreach (var complex in type.GetDeclaredComplexProperties())
        {
            UseSnakeCase(complex.ComplexType);
        }
    }
}
