using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NeuroLab.Application.CacheAdministration;

namespace NeuroLab.Infrastructure.Persistence;

/// <inheritdoc />
/// <remarks>A table of PostgreSQL, and its clock: those of the nodes may differ. On SQLite there is one node.</remarks>
internal sealed class NodeRegistry(Database database) : INodeRegistry
{
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>What another version wrote has to have all that is shown, and may have more.</summary>
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    public bool IsShared => database.Target.IsPostgres;

    public Task EnterAsync(NodeStatus node, CancellationToken cancellationToken)
    {
        var status = JsonSerializer.Serialize(node, Json);
        return database.WriteAsync(
            // Not waited for until it is on disk: one that is lost is written again, and until its end it would hold back how far all nodes have read the journal. Two nodes that drop the same ones do not wait for each other.
            (context, token) => context.Database.ExecuteSqlAsync(
                $"""
                SELECT set_config('synchronous_commit', 'off', TRUE);
                INSERT INTO public.cache_nodes (id, seen_at, status) VALUES ({node.Id}, now(), {status}::jsonb)
                ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, status = excluded.status;
                DELETE FROM public.cache_nodes WHERE id IN (SELECT id FROM public.cache_nodes WHERE seen_at < now() - interval '1 minute' FOR UPDATE SKIP LOCKED)
                """,
                token),
            null,
            cancellationToken);
    }

    public Task LeaveAsync(Guid node, CancellationToken cancellationToken) =>
        database.WriteAsync((context, token) => context.Nodes.Where(row => row.Id == node).ExecuteDeleteAsync(token), LeaveTimeout, cancellationToken);

    public async Task<IReadOnlyList<NodeStatus>> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            (context, token) => context.Nodes.FromSql($"SELECT id, seen_at, status FROM public.cache_nodes WHERE seen_at >= now() - interval '1 minute'").ToListAsync(token), cancellationToken);
        return [.. rows.Select(row => Read(row.Status) is { } status ? status with { Id = row.Id, IsThis = false, SeenAt = row.SeenAt } : null).OfType<NodeStatus>().OrderBy(node => node.StartedAt)];
    }

    private static NodeStatus? Read(string status)
    {
        try
        {
            return JsonSerializer.Deserialize<NodeStatus>(status, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
