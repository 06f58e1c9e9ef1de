using Npgsql;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>The server is a standby: for this service it is away, until it, or another one at its address, is the primary.</summary>
internal sealed class StandbyException() : NpgsqlException("The server is a standby.");
