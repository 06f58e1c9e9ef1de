using NeuroLab.Infrastructure.Persistence;
using Npgsql;

namespace NeuroLab.IntegrationTests.History;

/// <summary>The origin: reads registers as the product's own readers do, through retries, breaker and bounds.</summary>
internal sealed class RegisterReader(Database database)
{
    public Task<long> ReadAsync(int register, CancellationToken cancellationToken) =>
        CallAsync("SELECT version FROM history_registers WHERE id = $1", static value => (long)value!, cancellationToken, register);

    /// <summary>Notes in the database that a load has begun, so that it counts whatever becomes of this process.</summary>
    public Task NoteLoadAsync(int register, CancellationToken cancellationToken) =>
        CallAsync("INSERT INTO history_loads (register, process) VALUES ($1, $2)", static _ => true, cancellationToken, register, Environment.ProcessId);

    private Task<T> CallAsync<T>(string sql, Func<object?, T> convert, CancellationToken cancellationToken, params int[] parameters) => database.CallAsync(
        async token =>
        {
            await using var command = database.Target.Source!.CreateCommand(sql);
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = parameter });
            }

            return convert(await command.ExecuteScalarAsync(token));
        },
        retried: true,
        null,
        cancellationToken);
}
