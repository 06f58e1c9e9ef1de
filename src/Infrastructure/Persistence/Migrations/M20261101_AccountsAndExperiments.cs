using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace NeuroLab.Infrastructure.Persistence.Migrations;

/// <summary>Accounts, their refresh tokens, experiments and results.</summary>
[DbContext(typeof(SqliteMigrationContext))]
[Migration("20261101000000_AccountsAndExperiments")]
internal sealed class SqliteAccountsAndExperiments : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE users (
            id TEXT NOT NULL CONSTRAINT pk_users PRIMARY KEY,
            email TEXT NOT NULL,
            normalized_email TEXT NOT NULL,
            username TEXT NOT NULL,
            password_hash TEXT NOT NULL,
            is_admin INTEGER NOT NULL,
            created_at TEXT NOT NULL
        );
        CREATE UNIQUE INDEX ux_users_normalized_email ON users (normalized_email);

        CREATE TABLE refresh_tokens (
            id TEXT NOT NULL CONSTRAINT pk_refresh_tokens PRIMARY KEY,
            user_id TEXT NOT NULL,
            family_id TEXT NOT NULL,
            token_hash TEXT NOT NULL,
            created_at TEXT NOT NULL,
            expires_at TEXT NOT NULL,
            used_at TEXT NULL,
            CONSTRAINT fk_refresh_tokens_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
        );
        CREATE UNIQUE INDEX ux_refresh_tokens_token_hash ON refresh_tokens (token_hash);
        CREATE INDEX ix_refresh_tokens_family_id ON refresh_tokens (family_id);
        CREATE INDEX ix_refresh_tokens_user_id ON refresh_tokens (user_id);

        CREATE TABLE experiments (
            id TEXT NOT NULL CONSTRAINT pk_experiments PRIMARY KEY,
            user_id TEXT NOT NULL,
            name TEXT NOT NULL,
            experiment_type TEXT NOT NULL,
            status TEXT NOT NULL,
            parameters TEXT NOT NULL,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            CONSTRAINT ck_experiments_experiment_type CHECK (experiment_type IN ('heart_rate', 'reaction_time', 'memory', 'eeg')),
            CONSTRAINT ck_experiments_status CHECK (status IN ('pending', 'running', 'completed', 'failed')),
            CONSTRAINT fk_experiments_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
        );
        CREATE INDEX ix_experiments_newest ON experiments (user_id, created_at DESC, id DESC);
        CREATE INDEX ix_experiments_counts ON experiments (user_id, experiment_type, status, created_at);

        -- The long column last: reading those before it then touches no overflow page.
        CREATE TABLE results (
            id TEXT NOT NULL CONSTRAINT pk_results PRIMARY KEY,
            experiment_id TEXT NOT NULL,
            user_id TEXT NOT NULL,
            mean REAL NOT NULL,
            std_dev REAL NOT NULL,
            min REAL NOT NULL,
            max REAL NOT NULL,
            accuracy REAL NULL,
            avg_response_time REAL NULL,
            alpha_avg REAL NULL,
            beta_avg REAL NULL,
            theta_avg REAL NULL,
            delta_avg REAL NULL,
            analysis_summary TEXT NOT NULL,
            created_at TEXT NOT NULL,
            data_points TEXT NOT NULL,
            CONSTRAINT fk_results_experiments FOREIGN KEY (experiment_id) REFERENCES experiments (id) ON DELETE CASCADE
        );
        CREATE UNIQUE INDEX ux_results_experiment_id ON results (experiment_id);
        CREATE INDEX ix_results_owner ON results (user_id, experiment_id);
        """);
}

/// <summary>Accounts, their refresh tokens, experiments and results.</summary>
[DbContext(typeof(PostgresMigrationContext))]
[Migration("20261101000000_AccountsAndExperiments")]
internal sealed class PostgresAccountsAndExperiments : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE public.users (
            id uuid NOT NULL CONSTRAINT pk_users PRIMARY KEY,
            email text NOT NULL,
            normalized_email text NOT NULL,
            username text NOT NULL,
            password_hash text NOT NULL,
            is_admin boolean NOT NULL,
            created_at timestamp with time zone NOT NULL
        );
        CREATE UNIQUE INDEX ux_users_normalized_email ON public.users (normalized_email);

        CREATE TABLE public.refresh_tokens (
            id uuid NOT NULL CONSTRAINT pk_refresh_tokens PRIMARY KEY,
            user_id uuid NOT NULL CONSTRAINT fk_refresh_tokens_users REFERENCES public.users (id) ON DELETE CASCADE,
            family_id uuid NOT NULL,
            token_hash text NOT NULL,
            created_at timestamp with time zone NOT NULL,
            expires_at timestamp with time zone NOT NULL,
            used_at timestamp with time zone NULL
        );
        CREATE UNIQUE INDEX ux_refresh_tokens_token_hash ON public.refresh_tokens (token_hash);
        CREATE INDEX ix_refresh_tokens_family_id ON public.refresh_tokens (family_id);
        CREATE INDEX ix_refresh_tokens_user_id ON public.refresh_tokens (user_id);

        CREATE TABLE public.experiments (
            id uuid NOT NULL CONSTRAINT pk_experiments PRIMARY KEY,
            user_id uuid NOT NULL CONSTRAINT fk_experiments_users REFERENCES public.users (id) ON DELETE CASCADE,
            name text NOT NULL,
            experiment_type text NOT NULL
                CONSTRAINT ck_experiments_experiment_type CHECK (experiment_type IN ('heart_rate', 'reaction_time', 'memory', 'eeg')),
            status text NOT NULL
                CONSTRAINT ck_experiments_status CHECK (status IN ('pending', 'running', 'completed', 'failed')),
            parameters jsonb NOT NULL,
            created_at timestamp with time zone NOT NULL,
            updated_at timestamp with time zone NOT NULL
        );
        CREATE INDEX ix_experiments_newest ON public.experiments (user_id, created_at DESC, id DESC);
        CREATE INDEX ix_experiments_counts ON public.experiments (user_id, experiment_type, status, created_at);

        CREATE TABLE public.results (
            id uuid NOT NULL CONSTRAINT pk_results PRIMARY KEY,
            experiment_id uuid NOT NULL CONSTRAINT fk_results_experiments REFERENCES public.experiments (id) ON DELETE CASCADE,
            user_id uuid NOT NULL,
            mean double precision NOT NULL,
            std_dev double precision NOT NULL,
            min double precision NOT NULL,
            max double precision NOT NULL,
            accuracy double precision NULL,
            avg_response_time double precision NULL,
            alpha_avg double precision NULL,
            beta_avg double precision NULL,
            theta_avg double precision NULL,
            delta_avg double precision NULL,
            analysis_summary text NOT NULL,
            created_at timestamp with time zone NOT NULL,
            data_points jsonb NOT NULL
        );
        CREATE UNIQUE INDEX ux_results_experiment_id ON public.results (experiment_id);
        CREATE INDEX ix_results_owner ON public.results (user_id, experiment_id);
        """);
}
