fn main() {
    tauri::Builder::default().plugin(tauri_plugin_dialog::init()).run(tauri::tauri_build_context!()).unwrap();
}
