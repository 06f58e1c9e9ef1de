using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Domain.Accounts;
using NeuroLab.Infrastructure.Persistence.Model;
using NeuroLab.IntegrationTests.Persistence;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>A table, and whose rows of it.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Owner">The account; null: anybody's, or nobody's.</param>
internal sealed record TableUse(string Table, Guid? Owner);

/// <summary>
/// All that stands in the tables at one moment, and whose it is. Compared with another moment it shows what was written, however that was done: by what was sent, by a
/// cascade, or past EF Core. The journal is the cache's own and is no such table: what was added to it says what was invalidated.
/// </summary>
internal sealed partial class TableContents
{
    /// <summary>The column that says whose a row is. A row without one is its principal's.</summary>
    private const string OwnerColumn = "user_id";

    private readonly Dictionary<(string Table, string Key), Row> _rows = [];
    private readonly Dictionary<Guid, Guid> _ownersById = [];
    private readonly string _accounts;
    private readonly IReadOnlyList<JournalRow> _journal;

    private TableContents(string accounts, IReadOnlyList<JournalRow> journal, IReadOnlySet<string> tables) => (_accounts, _journal, Tables) = (accounts, journal, tables);

    /// <summary>The names of the tables.</summary>
    public IReadOnlySet<string> Tables { get; }

    /// <summary>Reads every table, on a connection of its own.</summary>
    public static async Task<TableContents> ReadAsync(TestDatabase database)
    {
        await using var context = database.Database.CreateContext();
        var journal = context.Model.FindEntityType(typeof(JournalRow))!.GetTableName();
        var tables = context.Model.GetRelationalModel().Tables.Where(table => table.Name != journal).ToList();
        var contents = new TableContents(
            context.Model.FindEntityType(typeof(User))!.GetTableName()!, await context.Journal.AsNoTracking().ToListAsync(), tables.Select(table => table.Name).ToHashSet());
        await using var connection = await database.OpenAsync();
        foreach (var table in tables)
        {
            await contents.ReadAsync(connection, table);
        }

        foreach (var ((_, key), row) in contents._rows)
        {
            if (Guid.TryParse(key, out var id) && contents.OwnerOf(row) is { } owner)
            {
                contents._ownersById[id] = owner;
            }
        }

        return contents;
    }

    /// <summary>What was written since an earlier moment: tables, and whose rows. A row that changed hands was the one's and is the other's.</summary>
    public IReadOnlyList<TableUse> ChangedSince(TableContents before) =>
    [
        .. (from key in _rows.Keys.Union(before._rows.Keys)
            let now = _rows.GetValueOrDefault(key)
            let then = before._rows.GetValueOrDefault(key)
            where now?.Text != then?.Text
            from use in new[] { now is null ? null : new TableUse(key.Table, OwnerOf(now)), then is null ? null : new TableUse(key.Table, before.OwnerOf(then)) }
            where use is not null
            select use).Distinct(),
    ];

    /// <summary>What was invalidated since an earlier moment.</summary>
    public IReadOnlyList<Invalidation> JournalSince(TableContents before) =>
        [.. _journal.ExceptBy(before._journal.Select(row => row.Id), row => row.Id).OrderBy(row => row.Id).Select(row => new Invalidation(row.Target, row.Pattern, row.IsPurge))];

    /// <summary>Whose rows a statement speaks of: the accounts whose ids, or whose rows' ids, are among its parameters.</summary>
    /// <returns>The owners; none where it speaks of no one's, and so perhaps of everybody's.</returns>
    public IReadOnlyList<Guid> OwnersIn(IEnumerable<DbParameter> parameters) =>
    [
        .. parameters
            .SelectMany(parameter => Id().Matches(TextOf(parameter.Value)).Select(match => Guid.Parse(match.Value)))
            .Where(_ownersById.ContainsKey)
            .Select(id => _ownersById[id])
            .Distinct(),
    ];

#pragma warning disable CA2100 // The names are the model's.
    private async Task ReadAsync(DbConnection connection, ITable table)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM {table.Name}";
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var columns = Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, i => TextOf(reader.GetValue(i)));
            var key = string.Join('|', table.PrimaryKey!.Columns.Select(column => columns[column.Name]));
            _rows[(table.Name, key)] = new Row(table, columns);
        }
    }
#pragma warning restore CA2100

    private Guid? OwnerOf(Row row)
    {
        if (row.Table.Name == _accounts)
        {
            return Guid.Parse(row.Columns[row.Table.PrimaryKey!.Columns[0].Name]);
        }

        if (row.Columns.TryGetValue(OwnerColumn, out var owner) && Guid.TryParse(owner, out var id))
        {
            return id;
        }

        return row.Table.ForeignKeyConstraints
            .Where(constraint => constraint.Columns.Count == 1 && constraint.PrincipalTable != row.Table)
            .Select(constraint => _rows.GetValueOrDefault((constraint.PrincipalTable.Name, row.Columns[constraint.Columns[0].Name])))
            .Where(principal => principal is not null)
            .Select(principal => OwnerOf(principal!))
            .FirstOrDefault(found => found is not null);
    }

    private static string TextOf(object? value) => value switch
    {
        null or DBNull => "",
        byte[] bytes => Convert.ToHexString(bytes),
        Guid id => id.ToString("D"),
        string text => Guid.TryParseExact(text, "D", out var id) ? id.ToString("D") : text,
        System.Collections.IEnumerable many => string.Join(',', many.Cast<object?>().Select(TextOf)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    [GeneratedRegex("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")]
    private static partial Regex Id();

    private sealed record Row(ITable Table, IReadOnlyDictionary<string, string> Columns)
    {
        public string Text { get; } = string.Join('|', Columns.Values);
    }
}
