namespace NeuroLab.ArchitectureTests.Violations.Settings;

public sealed class ShopOptions
{
    public const string Section = "Shop";

    public bool Open { get; set; }

    public int NotDescribed { get; set; }

    public TaxSettings Tax { get; set; } = new();

    internal string NotConfigurable { get; set; } = "";
}

public sealed record TaxSettings
{
    public double Rate { get; init; }
}
